import { describe, expect, test, vi } from 'vitest'
import { NavigationFailureType, type RouteMeta, isNavigationFailure } from 'vue-router'
import { httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import { storedSession } from '../../support/stored-session.ts'
import { arrive, calm, enter, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

const WITH_USER = { backend: httpBackend({ user: '/auth/me' }) }

const allow = vi.fn(() => true)
const refuse = () => false

describe('a route with `auth: true`', () => {
  test('sends a visitor without a session to the login page, with the full path to come back to', async () => {
    const visitor = await arrive('/secret/7?tab=bills&tab=x#total')

    const { path, query } = visitor.router.currentRoute.value
    expect({ path, query }).toEqual({
      path: '/login',
      query: { redirect: '/secret/7?tab=bills&tab=x#total' },
    })
    expect(visitor.seen).toHaveLength(1)
  })

  test('lets a signed-in visitor in', async () => {
    const visitor = await signedIn(await startServer(), '/')

    await visitor.router.push('/secret/7')

    expect(visitor.seen).toEqual(['/', '/secret/7'])
  })

  test('lets a visitor in who opens it with a stored session', async () => {
    const server = await startServer()
    const storage = await storedSession(server)

    const visitor = await arrive('/secret', clientOf(server, { storage }))

    expect(visitor.seen).toEqual(['/secret'])
  })

  test('turns visitors away again once they have signed out', async () => {
    const visitor = await signedIn(await startServer(), '/public')
    await visitor.store.logout()

    await visitor.router.push('/secret')

    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('leaves the page before it in the history when it turns somebody away', async () => {
    const visitor = await arrive('/public')
    await visitor.router.push('/secret')

    expect(await visitor.back()).toBe('/public')
    expect(await visitor.back(1)).toBe('/login?redirect=/secret')
  })

  test('is found by its name and its params as well', async () => {
    const visitor = await arrive('/public')

    await visitor.router.push({ name: 'item', params: { id: 'a b/c' }, query: { page: 2 } })

    const { redirect } = visitor.router.currentRoute.value.query
    expect(redirect).toBe('/secret/a%20b%2Fc?page=2')
    expect(visitor.router.resolve(String(redirect)).params).toEqual({ id: 'a b/c' })
  })

  test('does not load its page for somebody it turns away', async () => {
    const load = vi.fn(async () => page)
    const routes = withRoutes({ path: '/lazy', component: load, meta: { auth: true } })
    const visitor = await arrive('/lazy', {}, { routes })

    expect(visitor.at()).toBe('/login?redirect=/lazy')
    expect(load).not.toHaveBeenCalled()
  })

  test('may be what a catch-all route asks', async () => {
    const routes = withRoutes({ path: '/:rest(.*)*', component: page, meta: { auth: true } })
    const visitor = await arrive('/no/such/page', {}, { routes })

    expect(visitor.at()).toBe('/login?redirect=/no/such/page')
  })
})

describe('a nested route', () => {
  const area = (parent: RouteMeta, child: RouteMeta) =>
    withRoutes({
      path: '/area',
      component: page,
      meta: parent,
      children: [
        { path: '', component: page },
        { path: 'deep', component: page, children: [{ path: 'deeper', component: page }] },
        { path: 'other', component: page, meta: child },
      ],
    })

  test.each(['/area', '/area/deep', '/area/deep/deeper'])('inherits `auth: true`: %s', async (path) => {
    const visitor = await arrive(path, {}, { routes: area({ auth: true }, {}) })

    expect(visitor.at()).toBe(`/login?redirect=${path}`)
  })

  test('may be public below one that is not', async () => {
    const visitor = await arrive('/area/other', {}, { routes: area({ auth: true }, { auth: false }) })

    expect(visitor.seen).toEqual(['/area/other'])
  })

  test('may ask for a session below one that is public', async () => {
    const visitor = await arrive('/area/other', {}, { routes: area({ auth: false }, { auth: true }) })

    expect(visitor.at()).toBe('/login?redirect=/area/other')
  })

  test("inherits 'guest'", async () => {
    const visitor = await signedIn(await startServer(), '/', {}, { routes: area({ auth: 'guest' }, {}) })

    await visitor.router.push('/area/deep')

    expect(visitor.seen).toEqual(['/'])
  })

  test('inherits a function', async () => {
    const visitor = await signedIn(await startServer(), '/public', {}, { routes: area({ auth: refuse }, {}) })

    await visitor.router.push('/area/deep/deeper')

    expect(visitor.seen).toEqual(['/public'])
  })

  test('may have a function of its own instead', async () => {
    const visitor = await signedIn(
      await startServer(),
      '/public',
      {},
      { routes: area({ auth: refuse }, { auth: allow }) },
    )

    await visitor.router.push('/area/other')

    expect(visitor.at()).toBe('/area/other')
  })

  test('inherits the identity that judges it', async () => {
    const routes = area({ auth: true, authId: 'admin' }, {})
    expectConsole('warn', '"admin"') // nobody has that id here
    const visitor = await arrive('/area/deep', {}, { routes })

    expect(visitor.seen).toEqual(['/area/deep'])
  })
})

describe("a route with `auth: 'guest'`", () => {
  test('is open to visitors without a session', async () => {
    const visitor = await arrive('/login?redirect=/secret')

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
  })

  test('sends signed-in visitors home', async () => {
    const visitor = await signedIn(await startServer(), '/public', { homeRoute: '/open' })

    await visitor.router.push('/login')

    expect(visitor.seen).toEqual(['/public', '/open'])
  })

  test('sends signed-in visitors along the return path, if there is one', async () => {
    const visitor = await signedIn(await startServer(), '/public')

    await visitor.router.push({ path: '/login', query: { redirect: '/secret/7?x=1#y' } })

    expect(visitor.seen).toEqual(['/public', '/secret/7?x=1#y'])
  })

  test('sends signed-in visitors home where the return path leads out of the app', async () => {
    const visitor = await signedIn(await startServer(), '/public')

    await visitor.router.push({ path: '/login', query: { redirect: '//evil.example' } })

    expect(visitor.seen).toEqual(['/public', '/'])
  })

  test('is not shown to somebody who opens it with a stored session', async () => {
    const server = await startServer()
    const storage = await storedSession(server)

    const visitor = await arrive('/login', clientOf(server, { storage }))

    expect(visitor.seen).toEqual(['/'])
  })
})

describe('a route without `auth`, or with `auth: false`', () => {
  test.each(['/', '/open', '/public'])('is open to everybody: %s', async (path) => {
    const stranger = await arrive(path)
    expect(stranger.seen).toEqual([path])

    const visitor = await signedIn(await startServer(), '/secret')
    await visitor.router.push(path)
    expect(visitor.at()).toBe(path)
  })

  test.each(['/open', '/public'])('is shown before the stored session is read: %s', async (path) => {
    const storage = new Shelf()
    const reading = gate()
    storage.before = () => reading.passed

    const visitor = await arrive(path, { storage })

    expect(visitor.at()).toBe(path)
    expect(visitor.store.status).toBe('pending')
    reading.open()
    await visitor.store.ready()
  })
})

describe('a route whose `auth` is a function', () => {
  const withRule = (auth: () => boolean) =>
    withRoutes(
      { path: '/ruled/:id', component: page, meta: { auth } },
      { path: '/forbidden', component: page },
    )

  test('asks it about the user and the route', async () => {
    const rule = vi.fn(() => true)
    const visitor = await signedIn(await startServer(), '/', WITH_USER, { routes: withRule(rule) })

    await visitor.router.push('/ruled/7?x=1')

    expect(visitor.at()).toBe('/ruled/7?x=1')
    expect(rule).toHaveBeenCalledExactlyOnceWith({ id: 1 }, expect.objectContaining({ params: { id: '7' } }))
  })

  test('sends a visitor without a session to the login page, and does not ask', async () => {
    const rule = vi.fn(() => true)
    const visitor = await arrive('/ruled/7', {}, { routes: withRule(rule) })

    expect(visitor.at()).toBe('/login?redirect=/ruled/7')
    expect(rule).not.toHaveBeenCalled()
  })

  test('cancels the navigation of a signed-in visitor it refuses', async () => {
    const visitor = await signedIn(await startServer(), '/public', {}, { routes: withRule(refuse) })

    const result = await visitor.router.push('/ruled/7')

    expect(isNavigationFailure(result, NavigationFailureType.aborted)).toBe(true)
    expect(visitor.seen).toEqual(['/public'])
  })

  test('sends a signed-in visitor it refuses to `forbiddenRoute`, where there is one', async () => {
    const visitor = await signedIn(
      await startServer(),
      '/public',
      { forbiddenRoute: '/forbidden' },
      { routes: withRule(refuse) },
    )

    await visitor.router.push('/ruled/7')

    expect(visitor.seen).toEqual(['/public', '/forbidden'])
    expect(await visitor.back()).toBe('/public')
  })

  test.each([
    ['to `homeRoute`', {}, '/open'],
    ['to `forbiddenRoute`, where there is one', { forbiddenRoute: '/forbidden' }, '/forbidden'],
  ])('sends a visitor it refuses on the first navigation %s', async (_name, options, expected) => {
    const server = await startServer()
    const storage = await storedSession(server)

    const visitor = await arrive('/ruled/7', clientOf(server, { storage, homeRoute: '/open', ...options }), {
      routes: withRule(refuse),
    })

    expect(visitor.seen).toEqual([expected])
  })

  test('lets nobody in when it throws', async () => {
    const broken = () => {
      throw new Error('no such role')
    }
    const visitor = await signedIn(await startServer(), '/public', {}, { routes: withRule(broken) })
    visitor.router.onError(() => {})

    expect(await failure(visitor.router.push('/ruled/7'))).toMatchObject({ message: 'no such role' })
    expect(visitor.seen).toEqual(['/public'])
  })

  test('is asked again at every navigation to the route', async () => {
    const rule = vi.fn(() => true)
    const visitor = await signedIn(await startServer(), '/', {}, { routes: withRule(rule) })

    await visitor.router.push('/ruled/1')
    await visitor.router.push('/ruled/2')
    rule.mockReturnValue(false)
    await visitor.router.push('/ruled/3')

    expect(visitor.seen).toEqual(['/', '/ruled/1', '/ruled/2'])
  })
})

describe('a guard', () => {
  test('waits until the stored session is read', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    const reading = gate()
    storage.before = () => reading.passed

    const visitor = enter('/secret', clientOf(server, { storage }))
    await calm()
    expect(visitor.seen).toEqual([])
    reading.open()
    await visitor.arrival

    expect(visitor.seen).toEqual(['/secret'])
  })

  test('waits no longer than the store is pending: a session that begins meanwhile counts at once', async () => {
    const server = await startServer()
    const storage = new Shelf()
    storage.before = (operation) => operation === 'getItem' && new Promise(() => {})

    const visitor = enter('/secret', clientOf(server, { storage }))
    await visitor.store.setTokens(server.grant())
    await visitor.arrival

    expect(visitor.store.status).toBe('authenticated')
    expect(visitor.seen).toEqual(['/secret'])
  })

  test('takes a storage that never answers for an empty one', async () => {
    const storage = new Shelf()
    storage.before = () => new Promise(() => {})
    const visitor = enter('/secret', { storage, refreshTimeout: 50 })
    const reported = vi.fn()
    visitor.app.config.errorHandler = reported

    await visitor.arrival

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(reported).toHaveBeenCalledOnce()
  })

  test('leaves the last word to the last of several navigations', async () => {
    const storage = new Shelf()
    const reading = gate()
    storage.before = () => reading.passed
    const visitor = enter('/secret', { storage })
    const second = visitor.router.push('/secret/7')
    const third = visitor.router.push('/public')
    reading.open()
    await Promise.all([visitor.arrival, second, third])

    expect(visitor.seen).toEqual(['/public'])
  })
})
