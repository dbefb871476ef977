// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { App } from 'vue'
import { type RouteRecordRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'
import { setUpCookie } from '../../playground/setups/cookie.ts'
import { setUpIdentities } from '../../playground/setups/identities.ts'
import { setUpTokens } from '../../playground/setups/tokens.ts'
import { useAuthStore } from '../../src/index.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { emptyApp } from '../support/empty-app.ts'
import { outcomes, times } from '../support/outcomes.ts'
import { usePlaygroundApi } from '../support/playground-api.ts'
import { page, withRoutes } from '../support/visitor.ts'

const api = usePlaygroundApi()
const ADA = { username: 'ada', password: 'ada' }
const BOB = { username: 'bob', password: 'bob' }

const routes: RouteRecordRaw[] = withRoutes(
  { path: '/admin', component: page, meta: { auth: true, authId: 'admin' } },
  { path: '/admin/login', component: page, meta: { auth: 'guest', authId: 'admin' } },
)

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

/** Opens a page of an application that one of the set-ups has set up. */
async function open<Result>(path: string, setUp: (app: App<object>, router: Router) => Result) {
  const history = createMemoryHistory()
  history.replace(path)
  const router = createRouter({ history, routes })
  const app = emptyApp()
  const result = setUp(app, router)
  app.mount({})
  onTestFinished(() => app.unmount())
  await router.isReady()
  const { $http: http, $pinia: pinia } = app.config.globalProperties
  return {
    app,
    router,
    result,
    http,
    store: useAuthStore(pinia),
    at: () => router.currentRoute.value.fullPath,
  }
}

/** What Node needs in the place of `/api` on the page's own origin. */
const network = (jar = new CookieJar()) => ({ baseURL: api.url, adapter: jar.adapter })

const kept = () => [localStorage, sessionStorage].map((area) => JSON.stringify({ ...area })).join()

describe('setups/tokens.ts', () => {
  const start = (path: string) => open(path, (app, router) => setUpTokens(app, router, network()))

  test('signs in, on to the page that was asked for, with the user', async () => {
    const { at, store } = await start('/secret')
    expect(at()).toBe('/login?redirect=/secret')

    await store.login(ADA)

    expect(at()).toBe('/secret')
    expect(store.user).toMatchObject({ username: 'ada' })
  })

  test('sends requests with the token, and renews it once for many', async () => {
    const { http, store } = await start('/public')
    await store.login(ADA)
    await api.expire()
    const before = await api.stats()

    const { errors } = await outcomes(times(20, (index) => http.get(`/items/${index + 1}`)))

    const after = await api.stats()
    expect(errors).toEqual([])
    expect(after.refreshes - before.refreshes).toBe(1)
    expect(after.reuses - before.reuses).toBe(0)
  })

  test('keeps the session over a reload, in the storage of the page', async () => {
    const before = await start('/login')
    await before.store.login(ADA)
    expect(localStorage.getItem('vue-auth-axios:authAxios')).toContain(before.store.tokens?.refreshToken)
    before.app.unmount()

    const { at, http } = await start('/secret')

    expect(at()).toBe('/secret')
    expect((await http.get('/auth/me')).data).toMatchObject({ username: 'ada' })
  })

  test('signs out, and leaves nothing behind', async () => {
    const { at, router, store } = await start('/login')
    await store.login(ADA)
    await router.push('/secret')

    const { tokens } = store

    await store.logout()

    expect(at()).toBe('/login')
    for (const token of [tokens?.accessToken, tokens?.refreshToken]) expect(kept()).not.toContain(token)
  })
})

describe('setups/cookie.ts', () => {
  const start = (path: string, jar: CookieJar) =>
    open(path, (app, router) => setUpCookie(app, router, network(jar)))

  test('signs in, on to the page that was asked for, with no token in any storage', async () => {
    const jar = new CookieJar()
    const { at, store } = await start('/secret', jar)
    expect(at()).toBe('/login?redirect=/secret')

    await store.login(ADA)

    expect(at()).toBe('/secret')
    expect(store.user).toMatchObject({ username: 'ada' })
    expect(jar.names).toEqual(['session', 'XSRF-TOKEN'])
    for (const token of [store.accessToken, jar.get('session')]) expect(kept()).not.toContain(token)
  })

  test('resumes after a reload with one request', async () => {
    const jar = new CookieJar()
    const before = await start('/login', jar)
    await before.store.login(ADA)
    before.app.unmount()
    jar.departures.length = 0

    const { at, store } = await start('/secret', jar)
    await vi.waitFor(() => expect(store.user).toMatchObject({ username: 'ada' }))

    expect(at()).toBe('/secret')
    expect(jar.departures.map(({ path }) => path)).toEqual(['/auth/cookie/refresh', '/auth/me'])
  })

  test('signs out, on the server too', async () => {
    const jar = new CookieJar()
    const before = await start('/login', jar)
    await before.store.login(ADA)
    await before.store.logout()
    before.app.unmount()

    const { at } = await start('/secret', jar)

    expect(jar.names).toEqual([])
    expect(at()).toBe('/login?redirect=/secret')
  })
})

describe('setups/identities.ts', () => {
  const start = (path: string) =>
    open(path, (app, router) => setUpIdentities(app, router, network(), `${api.url}/items`))

  /** Bob is at work, and Ada, the administrator, helps him. */
  async function both() {
    const started = await start('/login')
    const admin = started.result.admin.useStore()
    await started.store.login(BOB)
    await started.router.push('/admin')
    expect(started.at()).toBe('/admin/login?redirect=/admin')
    await admin.login(ADA)
    expect(started.at()).toBe('/admin')
    return { ...started, admin }
  }

  test('signs two people in on one page', async () => {
    const { admin, result, router, at, store } = await both()

    expect([store.user, admin.user]).toMatchObject([{ username: 'bob' }, { username: 'ada' }])
    expect((await result.user.http.get('/auth/me')).data).toMatchObject({ username: 'bob' })
    expect((await result.admin.http.get('/auth/me')).data).toMatchObject({ username: 'ada' })
    await router.push('/secret')
    expect(at()).toBe('/secret')
  })

  test('gives the second service the token of the admin, and the same refresh', async () => {
    const { result } = await both()
    expect((await result.stations.post('/1', { wind: 3 })).data).toMatchObject({ by: 'ada' })
    await api.expire()
    const before = await api.stats()

    const requests = times(10, (index) => [
      result.stations.get(`/${index + 1}`),
      result.admin.http.get(`/items/${index + 1}`),
      result.user.http.get(`/items/${index + 1}`),
    ])
    const { errors } = await outcomes(requests.flat())

    const after = await api.stats()
    expect(errors).toEqual([])
    expect(after.refreshes - before.refreshes).toBe(2) // Ada's and Bob's
    expect(after.reuses - before.reuses).toBe(0)
  })

  test('signs one out and leaves the other where he is', async () => {
    const { admin, at, store } = await both()
    const { tokens } = admin

    await admin.logout()

    expect(at()).toBe('/admin/login')
    expect(store.isAuthenticated).toBe(true)
    expect(localStorage.getItem('vue-auth-axios:authAxios')).toContain(store.tokens?.refreshToken)
    expect(kept()).not.toContain(tokens?.refreshToken)
  })

  test('has both there after a reload', async () => {
    const before = await both()
    before.app.unmount()

    const { at, result, store } = await start('/admin')
    await vi.waitFor(() => expect(result.admin.useStore().user).toMatchObject({ username: 'ada' }))
    await vi.waitFor(() => expect(store.user).toMatchObject({ username: 'bob' }))

    expect(at()).toBe('/admin')
  })
})
