import { describe, expect, test, vi } from 'vitest'
import { clientOf } from '../../support/client-of.ts'
import { gate } from '../../support/gate.ts'
import { Shelf } from '../../support/shelf.ts'
import { storedSession } from '../../support/stored-session.ts'
import { arrive, calm, enter, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

describe('a logout', () => {
  test('leads to the login page, with the way back, in the place of the page that is left', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.router.push('/secret/7?x=1#y')

    await visitor.store.logout()

    const { path, query } = visitor.router.currentRoute.value
    expect({ path, query }).toEqual({ path: '/login', query: { redirect: '/secret/7?x=1#y' } })
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
    expect(visitor.at()).toBe('/login?redirect=/secret')
    await leaving
  })

  test('that is called twice leads there once', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const visitor = await signedIn(server, '/public', { onSessionEnd })
    await visitor.router.push('/secret')

    await Promise.all([visitor.store.logout(), visitor.store.logout()])

    expect(visitor.seen).toEqual(['/public', '/secret', '/login?redirect=/secret'])
    expect(server.logouts).toBe(1)
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('logout', expect.anything())
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

  test('while a navigation is pending leads to the login page, and back to where the visitor wanted to go', async () => {
    const loading = gate()
    const lazy = { path: '/lazy', component: () => loading.passed.then(() => page), meta: { auth: true } }
    const visitor = await signedIn(await startServer(), '/public', {}, { routes: withRoutes(lazy) })

    const pending = visitor.router.push('/lazy?x=1')
    await calm()
    await visitor.store.logout()
    loading.open()
    await pending

    expect(visitor.seen).toEqual(['/public', '/login?redirect=/lazy?x=1'])
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

    expect(visitor.seen).toEqual(['/open', '/login?redirect=/open'])
    expect(onSessionEnd).not.toHaveBeenCalled()
    expect(server.logouts).toBe(0)
  })

  test('and the login after it lead along the return path', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.router.push('/secret')
    await visitor.store.logout()

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret')
  })
})
