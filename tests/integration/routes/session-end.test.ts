import { describe, expect, test, vi } from 'vitest'
import { NavigationFailureType, isNavigationFailure } from 'vue-router'
import { httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import {
  type Layout,
  type Visitor,
  calm,
  enter,
  page,
  settles,
  signedIn,
  withRoutes,
} from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

/** Lets the server forget the session, and the visitor find out by a number of requests at once. */
async function expire(server: StrictServer, { auth }: Visitor, requests = 1) {
  server.expire()
  server.refusing = true
  const { errors } = await outcomes(times(requests, (index) => auth.http.get(`/items/${index}`)))
  await calm()
  return errors as Array<{ code: string }>
}

/** Comes to a page with a session, by way of some others. */
async function tour(server: StrictServer, paths: string[], layout: Layout = {}, options = {}) {
  const visitor = await signedIn(server, paths[0] ?? '/', options, layout)
  for (const path of paths.slice(1)) await visitor.router.push(path)
  return visitor
}

describe('when a session ends for good', () => {
  test('a hundred requests that find out lead to the login page once, with the full path to come back to', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const visitor = await tour(server, ['/', '/secret/7?x=1&y=ü#total'], {}, { onSessionEnd })
    const { fullPath } = visitor.router.currentRoute.value

    const errors = await expire(server, visitor, 100)

    expect(visitor.seen.slice(2)).toHaveLength(1)
    const { path, query } = visitor.router.currentRoute.value
    expect({ path, query }).toEqual({ path: '/login', query: { redirect: fullPath } })
    expect(errors.map(({ code }) => code)).toEqual(times(100, () => 'ERR_AUTH_EXPIRED'))
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', expect.anything())
  })

  test('the login page takes the place of the page that is left, so that Back leads to the one before', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/public', '/secret'])

    await expire(server, visitor)

    expect(visitor.at()).toBe('/login?redirect=/secret')
    expect(await visitor.back()).toBe('/public')
    expect(await visitor.back(1)).toBe('/login?redirect=/secret')
  })

  test('Back to a page that is guarded as well is no trap: the next Back leads on', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/public', '/secret/1', '/secret/2'])
    await expire(server, visitor)

    expect(await visitor.back()).toBe('/login?redirect=/secret/1')
    expect(await visitor.back()).toBe('/public')
  })

  test('signing in leads back to the page, in the place of the login page', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/public', '/secret/7?x=1#total'])
    await expire(server, visitor)
    server.refusing = false

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret/7?x=1#total')
    expect(await visitor.back()).toBe('/public')
    expect(await visitor.back(1)).toBe('/secret/7?x=1#total')
  })

  test('it leads to the login page every time it happens', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/secret'])
    for (let round = 0; round < 3; round++) {
      server.refusing = false
      await visitor.store.login({})
      await expire(server, visitor, 5)
    }

    const login = '/login?redirect=/secret'
    // The first navigation came before the first session.
    expect(visitor.seen).toEqual([login, '/secret', login, '/secret', login, '/secret', login])
  })

  test('requests that find out later lead nowhere', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/', '/secret'])
    server.expire()
    server.refusing = true
    server.delay = (path) => (path === '/items/slow' ? 60 : 0)
    const slow = failure(visitor.auth.http.get('/items/slow'))
    await failure(visitor.auth.http.get('/items/fast'))
    await calm()
    await visitor.router.push('/open')

    expect(await slow).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    await calm()

    expect(visitor.seen).toEqual(['/', '/secret', '/login?redirect=/secret', '/open'])
  })

  test('the visitor of a page that says nothing of `auth` is moved as well', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/open?x=1'])

    await expire(server, visitor)

    expect(visitor.at()).toBe('/login?redirect=/open?x=1')
  })

  test.each(['/public', '/offers', '/offers/nested'])(
    'the visitor stays on %s, public by intent',
    async (path) => {
      const server = await startServer()
      const routes = withRoutes({
        path: '/offers',
        component: page,
        meta: { auth: false },
        children: [{ path: 'nested', component: page }],
      })
      const onSessionEnd = vi.fn()
      const visitor = await tour(server, [path], { routes }, { onSessionEnd })

      await expire(server, visitor, 5)

      expect(visitor.seen).toEqual([path])
      expect(visitor.store.status).toBe('expired')
      expect(onSessionEnd).toHaveBeenCalledOnce()
    },
  )

  test("the visitor stays on a 'guest' page, and at the login page, whose query is left alone", async () => {
    const server = await startServer()
    const routes = withRoutes({ path: '/register', component: page, meta: { auth: 'guest' } })
    const guest = await tour(server, ['/register?plan=2'], { routes })
    await expire(server, guest)
    expect(guest.seen).toEqual(['/register?plan=2'])

    server.refusing = false
    const atLogin = await tour(server, ['/login?redirect=/secret#form'])
    await expire(server, atLogin)
    expect(atLogin.seen).toEqual(['/login?redirect=/secret#form'])
  })

  test('the visitor stays at a login page that is not marked at all', async () => {
    const server = await startServer()
    const routes = withRoutes({ path: '/sign-in', component: page })
    const visitor = await tour(server, ['/sign-in?x=1'], { routes }, { loginRoute: '/sign-in' })

    await expire(server, visitor, 3)

    expect(visitor.seen).toEqual(['/sign-in?x=1'])
  })

  test('the visitor of a page that another identity judges stays', async () => {
    const server = await startServer()
    const routes = withRoutes({ path: '/desk', component: page, meta: { auth: true, authId: 'admin' } })
    expectConsole('warn', '"admin"') // nobody has that id here
    const visitor = await tour(server, ['/desk'], { routes })

    await expire(server, visitor)

    expect(visitor.seen).toEqual(['/desk'])
    expect(visitor.store.status).toBe('expired')
  })
})

describe('when a session ends while a navigation is pending', () => {
  const lazy = (auth: boolean) => {
    const loading = gate()
    const load = () => loading.passed.then(() => page)
    return { loading, routes: withRoutes({ path: '/lazy/:id', component: load, meta: { auth } }) }
  }

  test('the return path is that of the page which the visitor was about to see', async () => {
    const server = await startServer()
    const { loading, routes } = lazy(true)
    const visitor = await tour(server, ['/', '/secret'], { routes })

    const pending = visitor.router.push('/lazy/7?x=1')
    await calm()
    await expire(server, visitor, 5)
    loading.open()

    expect(isNavigationFailure(await pending, NavigationFailureType.cancelled)).toBe(true)
    expect(visitor.seen).toEqual(['/', '/secret', '/login?redirect=/lazy/7?x=1'])
  })

  test('the visitor may go on to a page that is public by intent', async () => {
    const server = await startServer()
    const { loading, routes } = lazy(false)
    const visitor = await tour(server, ['/secret'], { routes })
    await visitor.router.push('/secret')

    const pending = visitor.router.push('/lazy/7')
    await calm()
    await expire(server, visitor, 5)
    loading.open()
    await pending

    expect(visitor.at()).toBe('/lazy/7')
    expect(visitor.store.status).toBe('expired')
  })

  test('the first navigation leads to the login page instead, once', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    const { loading, routes } = lazy(true)
    const visitor = enter('/lazy/7?x=1', clientOf(server, { storage }), { routes })
    await visitor.store.ready()
    await calm()

    await expire(server, visitor, 5)
    loading.open()
    await visitor.arrival

    expect(visitor.seen).toEqual(['/login?redirect=/lazy/7?x=1'])
  })

  test('a navigation that failed before is not the one to come back to', async () => {
    const server = await startServer()
    const routes = withRoutes({
      path: '/broken',
      component: () => Promise.reject(new Error('no such chunk')),
    })
    const visitor = await tour(server, ['/', '/secret'], { routes })
    visitor.router.onError(() => {})
    await failure(visitor.router.push('/broken'))

    await expire(server, visitor)

    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('nor does one that failed keep anybody on the page, where it was public by intent', async () => {
    const server = await startServer()
    const broken = { path: '/help', component: () => Promise.reject(new Error('no such chunk')) }
    const routes = withRoutes({ ...broken, meta: { auth: false } })
    const visitor = await tour(server, ['/', '/secret'], { routes })
    visitor.router.onError(() => {})
    await failure(visitor.router.push('/help'))

    await expire(server, visitor)

    expect(visitor.at()).toMatch(/^\/login\?redirect=/)
  })

  test('nor is one that has led back to the page, by whatever redirects', async () => {
    const server = await startServer()
    const closed = (path: string, to: string) => ({
      path,
      component: page,
      meta: { auth: false },
      beforeEnter: () => to,
    })
    const routes = withRoutes(closed('/closed', '/closed/too'), closed('/closed/too', '/secret'))
    const visitor = await tour(server, ['/', '/secret'], { routes })
    await visitor.router.push('/closed')

    await expire(server, visitor)

    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('nor is one that the app itself has cancelled', async () => {
    const server = await startServer()
    const visitor = await tour(server, ['/', '/secret'])
    const remove = visitor.router.beforeEach((to) => to.path !== '/open')
    await visitor.router.push('/open')
    remove()

    await expire(server, visitor)

    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('nobody is moved before there was any navigation', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const storage = await storedSession(server)
    const visitor = enter('/public', clientOf(server, { storage, onSessionEnd }))
    server.expire()
    server.refusing = true
    const requested = failure(visitor.auth.http.get('/items/1'))

    await Promise.all([visitor.arrival, requested])
    await calm()

    expect(visitor.seen).toEqual(['/public'])
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', expect.anything())
  })
})

describe('a user who loads beside a restored session', () => {
  test('finds out that it is over, and leads to the login page once', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    server.expire()
    server.refusing = true
    const backend = httpBackend({ user: '/auth/me' })

    const visitor = enter('/secret', clientOf(server, { storage, backend }))
    await settles(visitor.router, () => visitor.arrival)
    await vi.waitFor(() => expect(visitor.store.status).toBe('expired'))
    await calm()

    expect(visitor.at()).toBe('/login?redirect=/secret')
    expect(visitor.seen.filter((path) => path.startsWith('/login'))).toHaveLength(1)
  })
})
