import axios from 'axios'
import { createPinia } from 'pinia'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RouteRecordRaw } from 'vue-router'
import {
  type AuthAxios,
  type AuthAxiosOptions,
  createAuthAxios,
  useAuthStore,
  useHttp,
} from '../../src/index.ts'
import { install } from '../support/app.ts'
import { clientOf } from '../support/client-of.ts'
import { expectConsole } from '../support/expect-console.ts'
import { failure, outcomes, times } from '../support/outcomes.ts'
import { Shelf } from '../support/shelf.ts'
import type { StrictServer } from '../support/strict-server.ts'
import { arrive, calm, page, withRoutes } from '../support/visitor.ts'
import { startServer } from '../support/world.ts'

const ADMIN_ROUTES: RouteRecordRaw[] = [
  { path: '/desk', component: page, meta: { auth: true, authId: 'admin' } },
  { path: '/desk/notes', component: page, meta: { auth: false, authId: 'admin' } },
  { path: '/admin/login', component: page, meta: { auth: 'guest', authId: 'admin' } },
]

/** A user of one server who is an administrator of another, on one page. */
async function twoIdentities(path = '/public', both: AuthAxiosOptions = {}, own: AuthAxiosOptions = {}) {
  const servers = { user: await startServer(), admin: await startServer() }
  servers.admin.grant() // so that no token of the one is spelt like one of the other
  const admin = createAuthAxios(
    clientOf(servers.admin, {
      id: 'admin',
      loginRoute: '/admin/login',
      homeRoute: '/desk',
      ...both,
      ...own,
    }),
  )
  const visitor = await arrive(path, clientOf(servers.user, both), {
    routes: withRoutes(...ADMIN_ROUTES),
    plugins: (router, auth) => [router, auth, admin],
  })
  return { ...visitor, servers, admin, adminStore: admin.useStore() }
}

/** Both signed in, without a navigation. */
async function bothSignedIn(...settings: Parameters<typeof twoIdentities>) {
  const both = await twoIdentities(...settings)
  await both.store.ready()
  await both.adminStore.ready()
  await both.store.setTokens(both.servers.user.grant())
  await both.adminStore.setTokens(both.servers.admin.grant())
  return both
}

async function expire(server: StrictServer, { http }: AuthAxios): Promise<void> {
  server.expire()
  server.refusing = true
  await outcomes(times(5, (index) => http.get(`/items/${index}`)))
  await calm()
}

/** The values of the `Authorization` header that a server has seen. */
const seenBy = (server: StrictServer) => [
  ...new Set(server.arrivals.map(({ authorization }) => authorization)),
]

describe('two identities on one page', () => {
  test('have a store, a storage key and a session each', async () => {
    const storage = new Shelf()
    const { store, adminStore, pinia } = await twoIdentities('/public', { storage })

    await store.login({}, { redirect: false })
    expect([store.status, adminStore.status]).toEqual(['authenticated', 'anonymous'])
    await adminStore.login({}, { redirect: false })

    expect([store.$id, adminStore.$id]).toEqual(['authAxios', 'admin'])
    expect(store).not.toBe(adminStore)
    expect([...storage.items.keys()].toSorted()).toEqual(['vue-auth-axios:admin', 'vue-auth-axios:authAxios'])
    expect(Object.keys(pinia.state.value).toSorted()).toEqual(['admin', 'authAxios'])
    expect(store.accessToken).not.toBe(null)
  })

  test('have an instance each, which sends its own token', async () => {
    const { app, auth, admin, store, adminStore, servers } = await bothSignedIn()
    const [user, other, first] = app.runWithContext(() => [useHttp(), useHttp('admin'), useHttp('authAxios')])

    await user?.get('/items/1')
    await other?.get('/items/2')

    expect(user).toBe(auth.http)
    expect(first).toBe(auth.http)
    expect(other).toBe(admin.http)
    expect(app.config.globalProperties.$http).toBe(auth.http)
    expect(seenBy(servers.user)).toEqual([`Bearer ${store.accessToken}`])
    expect(seenBy(servers.admin)).toEqual([`Bearer ${adminStore.accessToken}`])
  })

  test('never send a token to the other one’s server', async () => {
    const { auth, admin, servers } = await bothSignedIn()

    expect(await failure(auth.http.get(`${servers.admin.url}/items/1`))).toMatchObject({ status: 401 })
    expect(await failure(admin.http.get(`${servers.user.url}/items/1`))).toMatchObject({ status: 401 })

    expect(seenBy(servers.user)).toEqual([undefined])
    expect(seenBy(servers.admin)).toEqual([undefined])
    expectConsole('warn', 'answered 401 to a request without a token', 2)
  })

  test('are refreshed once each, when both have expired', async () => {
    const { auth, admin, servers } = await bothSignedIn()
    servers.user.expire()
    servers.admin.expire()

    const requests = times(20, (index) => (index % 2 ? auth : admin).http.get(`/items/${index}`))

    expect((await outcomes(requests)).errors).toEqual([])
    expect([servers.user.refreshes, servers.admin.refreshes]).toEqual([1, 1])
    expect([servers.user.reuses, servers.admin.reuses]).toEqual([0, 0])
  })

  test('do not wait for each other', async () => {
    const { auth, admin, servers } = await bothSignedIn()
    servers.admin.expire()
    servers.user.expire()
    servers.admin.faults.push('hang')
    const controller = new AbortController()
    const hanging = failure(admin.http.get('/items/1', { signal: controller.signal }))
    await servers.admin.arrived('/auth/refresh')

    // Which needs a refresh as well, while that of the other one hangs.
    expect((await auth.http.get('/items/1')).status).toBe(200)

    expect(servers.user.refreshes).toBe(1)
    controller.abort()
    expect(await hanging).toMatchObject({ code: 'ERR_CANCELED' })
  })

  test('are both there after a reload', async () => {
    const storage = new Shelf()
    const before = await bothSignedIn('/public', { storage })
    const tokens = [before.store.tokens, before.adminStore.tokens]
    before.app.unmount()

    const admin = createAuthAxios(clientOf(before.servers.admin, { id: 'admin', storage }))
    const after = install(clientOf(before.servers.user, { storage }), (app) => app.use(admin))
    onTestFinished(() => after.app.unmount())
    await Promise.all([after.store.ready(), admin.useStore().ready()])

    expect([after.store.tokens, admin.useStore().tokens]).toEqual(tokens)
  })

  test('sign out each for itself', async () => {
    const storage = new Shelf()
    const onSessionEnd = vi.fn()
    const ended = vi.fn()
    const both = await bothSignedIn('/public', { storage, onSessionEnd }, { onSessionEnd: ended })

    await both.adminStore.logout()

    expect([both.store.status, both.adminStore.status]).toEqual(['authenticated', 'anonymous'])
    expect([...storage.items.keys()]).toEqual(['vue-auth-axios:authAxios'])
    expect([both.servers.user.logouts, both.servers.admin.logouts]).toEqual([0, 1])
    expect(ended).toHaveBeenCalledExactlyOnceWith('logout', {})
    expect(onSessionEnd).not.toHaveBeenCalled()
    await both.auth.http.get('/items/1')
  })

  test('are told apart where one id is asked for that nobody has', async () => {
    const { app } = await twoIdentities()

    expect(() => app.runWithContext(() => useHttp('root'))).toThrow(
      /useHttp\("root"\) found no such identity/,
    )
  })

  test('need a name each', async () => {
    const { app } = await twoIdentities()

    expect(() => app.use(createAuthAxios())).toThrow(/"authAxios"/)
    expect(() => app.use(createAuthAxios({ id: 'admin' }))).toThrow(/"admin"/)
  })

  test('are released together when the app is unmounted', async () => {
    const { app, auth, admin, servers } = await bothSignedIn()

    app.unmount()

    expect(await failure(auth.http.get(`${servers.user.url}/items/1`))).toMatchObject({ status: 401 })
    expect(await failure(admin.http.get(`${servers.admin.url}/items/1`))).toMatchObject({ status: 401 })
    expect(seenBy(servers.user)).toEqual([undefined])
    expect(seenBy(servers.admin)).toEqual([undefined])
  })
})

describe('the store of an identity', () => {
  test('is reached by its AuthAxios, outside components by the pinia', async () => {
    const { admin, adminStore, pinia, store } = await twoIdentities()

    expect(admin.useStore()).toBe(adminStore)
    expect(admin.useStore(pinia)).toBe(adminStore)
    expect(useAuthStore(pinia)).toBe(store)
  })

  test('is one of several apps’ where a pinia is named', async () => {
    const first = await twoIdentities()
    const second = await twoIdentities()

    expect(first.admin.useStore(first.pinia)).toBe(first.adminStore)
    expect(second.admin.useStore(second.pinia)).toBe(second.adminStore)
    expect(first.admin.useStore()).toBe(first.adminStore)
    expect(first.adminStore).not.toBe(second.adminStore)
  })

  test('is not there before the install', () => {
    expect(() => createAuthAxios({ id: 'admin' }).useStore(createPinia())).toThrow(/"admin" is not installed/)
  })
})

describe('the routes of two identities', () => {
  test('are judged each by its own', async () => {
    const { router, store, at, servers } = await twoIdentities()
    await store.setTokens(servers.user.grant())

    await router.push('/secret')
    expect(at()).toBe('/secret')
    await router.push('/desk')
    expect(at()).toBe('/admin/login?redirect=/desk')
  })

  test('let each in by its own door, and back to its own page', async () => {
    const { router, adminStore, at } = await twoIdentities('/secret')
    expect(at()).toBe('/login?redirect=/secret')
    await router.push('/desk')
    expect(at()).toBe('/admin/login?redirect=/desk')

    await adminStore.login({})
    expect(at()).toBe('/desk')
    await router.push('/secret')
    expect(at()).toBe('/login?redirect=/secret')
  })

  test('know a guest of the one who is signed in as the other', async () => {
    const { router, adminStore, at, servers } = await twoIdentities('/open')
    await adminStore.setTokens(servers.admin.grant())

    await router.push('/login')
    expect(at()).toBe('/login')
    await router.push('/admin/login')
    expect(at()).toBe('/desk')
  })

  test('are left by the end of their own session alone', async () => {
    const both = await bothSignedIn()
    await both.router.push('/desk')
    await expire(both.servers.user, both.auth)
    expect(both.at()).toBe('/desk')
    expect(both.store.status).toBe('expired')

    await expire(both.servers.admin, both.admin)

    expect(both.at()).toBe('/admin/login?redirect=/desk')
    expect(both.seen).toEqual(['/public', '/desk', '/admin/login?redirect=/desk'])
  })

  test('are left by a logout of their own alone', async () => {
    const both = await bothSignedIn()
    await both.router.push('/secret')
    await both.adminStore.logout()
    expect(both.at()).toBe('/secret')

    await both.store.logout()

    expect(both.at()).toBe('/login')
    expect(both.seen).toHaveLength(3)
  })

  test('lead to one page when both sessions end at the same moment', async () => {
    const both = await bothSignedIn()
    await both.router.push('/desk')

    await Promise.all([expire(both.servers.user, both.auth), expire(both.servers.admin, both.admin)])

    expect(both.seen).toEqual(['/public', '/desk', '/admin/login?redirect=/desk'])
  })

  test('that are public by intent stay, whoever’s session ends', async () => {
    const both = await bothSignedIn()
    await both.router.push('/desk/notes')

    await expire(both.servers.admin, both.admin)
    await expire(both.servers.user, both.auth)

    expect(both.at()).toBe('/desk/notes')
  })

  test('wait for their own stored session, and not for the other one’s', async () => {
    const storage = new Shelf()
    const server = await startServer()
    storage.before = (operation) => operation === 'getItem' && new Promise(() => {})
    const admin = createAuthAxios(clientOf(server, { id: 'admin', loginRoute: '/admin/login' }))
    const visitor = await arrive('/desk', clientOf(server, { storage }), {
      routes: withRoutes(...ADMIN_ROUTES),
      plugins: (router, auth) => [router, auth, admin],
    })

    expect(visitor.at()).toBe('/admin/login?redirect=/desk')
    expect(visitor.store.status).toBe('pending')
  })

  test('are open where nobody has the identity that is to judge them', async () => {
    const visitor = await arrive('/desk', {}, { routes: withRoutes(...ADMIN_ROUTES) })

    expect(visitor.at()).toBe('/desk')
    expectConsole('warn', 'The route "/desk" names the identity "admin"')
  })
})

describe('several services under one identity', () => {
  /** A page whose API is one service of three: the others are reached under another name and another path. */
  async function services(options: AuthAxiosOptions = {}) {
    const server = await startServer()
    const billing = axios.create({ baseURL: server.url.replace('127.0.0.1', 'localhost'), adapter: 'http' })
    const stock = axios.create({ baseURL: `${server.url}/stock`, adapter: 'http' })
    const auth = createAuthAxios(clientOf(server, options))
    auth.attach(billing)
    const { app, store } = install({ id: 'other' }, (to) => to.use(auth))
    onTestFinished(() => app.unmount())
    const main = auth.useStore()
    await store.ready()
    await main.ready()
    await main.setTokens(server.grant())
    expect(auth.attach(stock)).toBe(stock)
    return { app, auth, billing, server, stock, store: main }
  }

  test('get the token of the session, each at its own origin', async () => {
    const { billing, stock, server, store } = await services()

    await billing.get('/bills')
    await stock.get('/shelves')

    expect(server.arrivals.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/bills', `Bearer ${store.accessToken}`],
      ['/stock/shelves', `Bearer ${store.accessToken}`],
    ])
  })

  test('share one refresh', async () => {
    const { auth, billing, stock, server } = await services()
    server.expire()
    const instances = [auth.http, billing, stock]

    const requests = times(30, (index) => instances[index % 3]!.post(`/items/${index}`, { index }))
    const { errors, values } = await outcomes(requests)

    expect(errors).toEqual([])
    expect(values.map(({ config }) => JSON.parse(String(config.data)).index)).toEqual(
      times(30, (index) => index),
    )
    expect(server.refreshes).toBe(1)
    expect(server.reuses).toBe(0)
  })

  test('share one end, and each request has an error of its own', async () => {
    const onSessionEnd = vi.fn()
    const { auth, billing, stock, server, store } = await services({ onSessionEnd })
    server.expire()
    server.refusing = true

    const { errors } = await outcomes([auth.http.get('/a'), billing.get('/b'), stock.get('/c')])

    expect(errors).toMatchObject([
      { code: 'ERR_AUTH_EXPIRED', config: { url: '/a' }, response: { status: 401 } },
      { code: 'ERR_AUTH_EXPIRED', config: { url: '/b' }, response: { status: 401 } },
      { code: 'ERR_AUTH_EXPIRED', config: { url: '/c' }, response: { status: 401 } },
    ])
    expect(onSessionEnd).toHaveBeenCalledOnce()
    expect(store.status).toBe('expired')
  })

  test('get nothing that is meant for another origin', async () => {
    const { auth, billing, server } = await services()

    await failure(auth.http.get(`${billing.defaults.baseURL}/bills`))
    await failure(billing.get(`${server.url}/items/1`))

    expect(seenBy(server)).toEqual([undefined])
    expectConsole('warn', 'answered 401 to a request without a token')
  })

  test('are attached once, however often that is asked for', async () => {
    const { auth, billing, server, store } = await services()
    auth.attach(billing)
    auth.attach(billing)
    server.expire()

    await billing.get('/bills')

    expect(server.to('/bills').map(({ status }) => status)).toEqual([401, 200])
    expect(server.to('/bills').at(-1)?.authorization).toBe(`Bearer ${store.accessToken}`)
  })

  test('keep the interceptors and the defaults that they have', async () => {
    const { billing, server } = await services()
    billing.defaults.headers.common['X-Service'] = 'billing'
    billing.interceptors.request.use((config) => {
      config.headers.set('X-Mark', 'yes')
      return config
    })

    await billing.get('/bills')

    expect(server.to('/bills')[0]?.headers).toMatchObject({ 'x-service': 'billing', 'x-mark': 'yes' })
  })

  test('are let go of when the app is unmounted', async () => {
    const { app, billing, server } = await services()
    app.unmount()

    expect(await failure(billing.get('/bills'))).toMatchObject({ status: 401 })
    expect(seenBy(server)).toEqual([undefined])
  })

  test('wait for the install, or go without the session', async () => {
    const server = await startServer()
    const auth = createAuthAxios(clientOf(server))
    const billing = auth.attach(axios.create({ baseURL: server.url, adapter: 'http' }))

    expect(await failure(billing.get('/bills'))).toMatchObject({ message: /app\.use\(authAxios\)/ })
    expect((await billing.get('/public', { withAuth: false })).status).toBe(200)
    expect(server.to('/bills')).toEqual([])
  })
})
