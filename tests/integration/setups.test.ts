// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { App } from 'vue'
import { type RouteRecordRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'
import { setUpCookie } from '../../playground/setups/cookie.ts'
import { setUpHiddenTokens } from '../../playground/setups/hidden-tokens.ts'
import { setUpIdentities } from '../../playground/setups/identities.ts'
import { setUpOAuth2 } from '../../playground/setups/oauth2.ts'
import { setUpTokens } from '../../playground/setups/tokens.ts'
import { useAuthStore } from '../../src/index.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { emptyApp } from '../support/empty-app.ts'
import { expectConsole } from '../support/expect-console.ts'
import { ISSUER, useFakeProvider } from '../support/oauth2/fake-provider.ts'
import { outcomes, times } from '../support/outcomes.ts'
import { usePlaygroundApi } from '../support/playground-api.ts'
import { page, withRoutes } from '../support/visitor.ts'

const api = usePlaygroundApi()
const ADA = { username: 'ada', password: 'ada' }
const BOB = { username: 'bob', password: 'bob' }

const routes: RouteRecordRaw[] = withRoutes(
  { path: '/dashboard', component: page, meta: { auth: true } },
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

/** A POST with a cookie, and without what proves that it comes from the page. */
const withoutXsrf = (url: string, Cookie: string): InternalAxiosRequestConfig => ({
  url,
  method: 'post',
  data: '{}',
  headers: new AxiosHeaders({ Cookie }),
})

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

  test('leads to the dashboard where no page was asked for', async () => {
    const { at, store } = await start('/login')

    await store.login(ADA)

    expect(at()).toBe('/dashboard')
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

/** That nobody is signed in any more where a cookie has carried the session. */
async function signsOut(start: (path: string, jar: CookieJar) => ReturnType<typeof open>): Promise<void> {
  const jar = new CookieJar()
  const before = await start('/login', jar)
  await before.store.login(ADA)
  await before.store.logout()
  before.app.unmount()

  const { at } = await start('/secret', jar)

  expect(jar.names).toEqual([])
  expect(at()).toBe('/login?redirect=/secret')
}

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

  test('signs out, on the server too', () => signsOut(start))
})

describe('setups/hidden-tokens.ts', () => {
  // Node's network asks, where a browser does so by itself for its own origin.
  const start = (path: string, jar: CookieJar) =>
    open(path, (app, router) => setUpHiddenTokens(app, router, { ...network(jar), ...credentials }))
  const credentials = { withCredentials: true }

  test('signs in with no token within reach of a script', async () => {
    const jar = new CookieJar()
    const { at, http, store } = await start('/secret', jar)

    await store.login(ADA)

    expect(at()).toBe('/secret')
    expect(store.user).toMatchObject({ username: 'ada' })
    expect(store.tokens).toBeNull()
    expect(await store.getAccessToken()).toBeNull()
    expect(jar.names.toSorted()).toEqual(['XSRF-TOKEN', 'access', 'session'])
    for (const name of ['access', 'session']) expect(kept()).not.toContain(jar.get(name))
    expect((await http.get('/items/1')).status).toBe(200)
    expect(jar.departures.map(({ authorization }) => authorization)).toEqual(
      jar.departures.map(() => undefined),
    )
  })

  test('renews both tokens once for many requests, and resumes after a reload', async () => {
    const jar = new CookieJar()
    const before = await start('/login', jar)
    await before.store.login(ADA)
    const access = jar.get('access')
    await api.expire()
    const { refreshes, reuses } = await api.stats()

    const { errors } = await outcomes(times(20, (index) => before.http.get(`/items/${index + 1}`)))

    const after = await api.stats()
    expect(errors).toEqual([])
    expect(after).toMatchObject({ refreshes: refreshes + 1, reuses })
    expect(jar.get('access')).not.toBe(access)
    before.app.unmount()
    const { at } = await start('/secret', jar)
    expect(at()).toBe('/secret')
  })

  test('what another site makes the browser send changes nothing', async () => {
    const jar = new CookieJar()
    const { store } = await start('/login', jar)
    await store.login(ADA)
    const Cookie = `access=${jar.get('access')}`

    const answer = await jar
      .adapter(withoutXsrf(`${api.url}/items/1`, Cookie))
      .catch(({ response }) => response)

    expect(answer.status).toBe(403)
  })

  test('signs out, on the server too', () => signsOut(start))
})

describe('setups/oauth2.ts', () => {
  /** A visitor who was sent away to the provider, and comes back. */
  async function comeBack() {
    expectConsole('warn', /IndexedDB does not keep the DPoP key/) // happy-dom has none
    const provider = useFakeProvider()
    const requests: InternalAxiosRequestConfig[] = []
    const adapter = async (config: InternalAxiosRequestConfig) => {
      requests.push(config)
      return { status: 200, statusText: '', headers: {}, data: {}, config }
    }
    const started = await open('/secret', (app, router) =>
      setUpOAuth2(app, router, { baseURL: '/oidc/api', adapter } as { baseURL: string }, ISSUER),
    )
    const { result: oauth, store } = started
    let left = ''
    await oauth.signIn({ returnTo: '/secret', open: (url) => void (left = url) })
    const asked = new URL(left).searchParams
    const claims = { aud: 'playground', nonce: asked.get('nonce'), name: 'Ada Lovelace' }
    const body = { access_token: 'AT', refresh_token: 'RT', token_type: 'DPoP', expires_in: 60 }
    provider.answers.push({ body: { ...body, id_token: await provider.idToken(claims) } })
    const back = `https://app.example/oauth2/callback?code=C&iss=${ISSUER}&state=${asked.get('state')}`
    const { tokens, returnTo } = await oauth.handleCallback(back)
    await store.setTokens(tokens, { redirect: returnTo })
    return { ...started, asked, provider, requests }
  }

  test('asks the provider for what the app needs, and comes back signed in', async () => {
    const { asked, at, requests, http, store } = await comeBack()

    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'playground',
      redirect_uri: 'https://app.example/oauth2/callback',
      scope: 'openid profile offline_access',
      code_challenge_method: 'S256',
    })
    expect(at()).toBe('/secret')
    await vi.waitFor(() => expect(store.user).toMatchObject({ name: 'Ada Lovelace' }))
    await http.get('/me')
    expect(requests.at(-1)?.headers.get('Authorization')).toBe('DPoP AT')
    expect(requests.at(-1)?.headers.get('DPoP')).toBeTruthy()
  })

  test('signs out here, takes the tokens back at the provider, and leaves for it', async () => {
    const { at, provider, result: oauth, store } = await comeBack()
    let left = ''

    await store.logout()
    await oauth.signOut({ open: (url) => void (left = url) })

    expect(at()).toBe('/login')
    expect(provider.to('/revoke').map(({ body }) => body.get('token'))).toEqual(['RT'])
    expect(new URL(left).searchParams.get('post_logout_redirect_uri')).toBe('https://app.example/oauth2')
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
