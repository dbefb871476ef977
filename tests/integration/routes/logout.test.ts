import { describe, expect, test, vi } from 'vitest'
import type { RouteMeta, RouteRecordRaw } from 'vue-router'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import { storedSession } from '../../support/stored-session.ts'
import { type Visitor, arrive, calm, enter, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

describe('a logout', () => {
  test('carries no return path that an earlier navigation has left behind', async () => {
    const routes = withRoutes(
      { path: '/gone', component: () => Promise.reject(new Error('no such chunk')) },
      { path: '/slow', component: () => slow.passed.then(() => page) },
    )
    const slow = gate()
    const visitor = await signedIn(await startServer(), '/public', {}, { routes })
    visitor.router.onError(() => {})
    await visitor.router.push('/secret')
    await failure(visitor.router.replace('/gone')) // failed
    const overtaken = visitor.router.push('/slow')
    await visitor.router.push('/secret/1')

    await visitor.store.logout()
    slow.open()
    await overtaken

    expect(visitor.seen).toEqual(['/public', '/secret', '/secret/1', '/login'])
  })

  test('on a page that no route matches leads to the login page', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    expectConsole('warn', 'No match found')
    await visitor.router.push('/no/such/page')

    await visitor.store.logout()

    expect(visitor.at()).toBe('/login')
  })

  test('on a root that no route matches leads to the login page as well', async () => {
    const routes = [{ path: '/login', component: page }]
    expectConsole('warn', 'No match found')
    const visitor = await signedIn(await startServer(), '/', {}, { routes })

    await visitor.store.logout()

    expect(visitor.at()).toBe('/login')
  })

  test('leads to the login page, without a return path, in the place of the page that is left', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.router.push('/secret/7?x=1#y')

    await visitor.store.logout()

    expect(visitor.at()).toBe('/login')
    expect(await visitor.back()).toBe('/public')
  })

  test('leads there at once, whenever the server answers', async () => {
    const server = await startServer()
    server.delay = (path) => (path === '/auth/logout' ? 10_000 : 0)
    const visitor = await signedIn(server, '/public', { refreshTimeout: 100 })
    await visitor.router.push('/secret')

    const leaving = visitor.store.logout()
    expect(visitor.store.status).toBe('anonymous')
    await calm()
    expect(visitor.at()).toBe('/login')
    await leaving
    expectConsole('error', 'no answer within 100 ms')
  })

  test('that is called twice leads there once', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const visitor = await signedIn(server, '/public', { onSessionEnd })
    await visitor.router.push('/secret')

    await Promise.all([visitor.store.logout(), visitor.store.logout()])

    expect(visitor.seen).toEqual(['/public', '/secret', '/login'])
    expect(server.logouts).toBe(1)
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('logout', expect.anything())
  })

  test('that is called again while the server is told leads where it says by then', async () => {
    const server = await startServer()
    const told = gate()
    server.hold = ({ path }) => (path === '/auth/logout' ? told.passed : undefined)
    const visitor = await signedIn(server, '/public')
    await visitor.router.push('/secret')

    const first = visitor.store.logout({ redirect: false })
    const second = visitor.store.logout()
    await calm()
    expect(visitor.at()).toBe('/login')

    told.open()
    await Promise.all([first, second])
    expect(server.logouts).toBe(1)
  })

  test.each([
    ['a path', '/open?bye=1', '/open?bye=1'],
    ['a location', { path: '/open', query: { bye: 1 } }, '/open?bye=1'],
    ['a name with params', { name: 'sign-in', params: { lang: 'de' } }, '/de/sign-in'],
    ['a page that is guarded, which leads on to the login page', '/secret', '/login?redirect=/secret'],
  ])('may lead to %s', async (_name, redirect, expected) => {
    const routes = withRoutes({ path: '/:lang/sign-in', name: 'sign-in', component: page })
    const visitor = await signedIn(await startServer(), '/public', {}, { routes })
    await visitor.router.push('/secret/1')

    await visitor.store.logout({ redirect })

    expect(visitor.seen).toEqual(['/public', '/secret/1', expected])
  })

  test('may lead away from a page that is public by intent, if told so', async () => {
    const visitor = await signedIn(await startServer(), '/public')

    await visitor.store.logout({ redirect: '/open' })

    expect(visitor.at()).toBe('/open')
  })

  test('stays on a page that is public by intent', async () => {
    const visitor = await signedIn(await startServer(), '/public?x=1')

    await visitor.store.logout()

    expect(visitor.seen).toEqual(['/public?x=1'])
    expect(visitor.store.status).toBe('anonymous')
  })

  test('stays on any page with `redirect: false`', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.router.push('/secret')

    await visitor.store.logout({ redirect: false })

    expect(visitor.seen).toEqual(['/public', '/secret'])
    expect(visitor.store.status).toBe('anonymous')
  })

  test('stays where it leads to the very page', async () => {
    const visitor = await signedIn(await startServer(), '/open')

    await visitor.store.logout({ redirect: '/open' })

    expect(visitor.seen).toEqual(['/open'])
  })

  test('while a navigation is pending leads to the login page, and the navigation nowhere', async () => {
    const loading = gate()
    const lazy = { path: '/lazy', component: () => loading.passed.then(() => page), meta: { auth: true } }
    const visitor = await signedIn(await startServer(), '/public', {}, { routes: withRoutes(lazy) })

    const pending = visitor.router.push('/lazy?x=1')
    await calm()
    await visitor.store.logout()
    loading.open()
    await pending

    expect(visitor.seen).toEqual(['/public', '/login'])
  })

  test('before the stored session is read keeps the visitor out', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    const reading = gate()
    storage.before = () => reading.passed

    const visitor = enter('/secret', clientOf(server, { storage }))
    const leaving = visitor.store.logout()
    reading.open()
    await Promise.all([leaving, visitor.arrival])
    await calm()

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(storage.items.size).toBe(0)
  })

  test('of somebody without a session leads to the login page too, and tells nobody', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const visitor = await arrive('/open', clientOf(server, { onSessionEnd, storage: new Shelf() }))
    await visitor.store.ready()

    await visitor.store.logout()

    expect(visitor.seen).toEqual(['/open', '/login'])
    expect(onSessionEnd).not.toHaveBeenCalled()
    expect(server.logouts).toBe(0)
  })

  test('and the login after it lead home, whoever signs in', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.router.push('/secret')
    await visitor.store.logout()

    await visitor.store.login({})

    expect(visitor.at()).toBe('/')
  })
})

describe('finding 35: a page that signs out when it is shown', () => {
  const META: RouteMeta[] = [{}, { auth: true }]

  test.each(META)('is no return path (meta %j), or every login would sign out again', async (meta) => {
    const visitor = await signedIn(await startServer(), '/public', {}, withLogoutPage(meta))
    const left = leavesOn(visitor, '/logout')
    await visitor.router.push('/logout')
    await left
    expect(visitor.seen).toEqual(['/public', '/logout', '/login'])

    await visitor.store.login({})
    await calm()

    expect(visitor.seen.slice(3)).toEqual(['/'])
    expect(visitor.store.isAuthenticated).toBe(true)
  })

  test('is none where its guard does so either, before it is shown', async () => {
    const visitor = await signedIn(await startServer(), '/public', {}, withLogoutPage({}))
    visitor.router.beforeEach(async (to) => {
      if (to.path === '/logout') await visitor.store.logout()
    })

    await visitor.router.push('/logout')
    await visitor.store.login({})

    expect(visitor.seen).toEqual(['/public', '/login', '/'])
  })

  const withLogoutPage = (meta: RouteMeta): { routes: RouteRecordRaw[] } => ({
    routes: withRoutes({ path: '/logout', component: page, meta }),
  })

  /** Signs out as soon as a page is shown, as its component would. */
  const leavesOn = ({ router, store }: Visitor, path: string) =>
    new Promise<void>((resolve) => {
      router.afterEach((to) => void (to.path === path && resolve(store.logout())))
    })
})
