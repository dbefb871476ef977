import { createPinia } from 'pinia'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { App } from 'vue'
import { type RouteRecordRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'
import { createAuthAxios } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { type Layout, arrive, calm, page, routes, signedIn, withRoutes } from '../../support/visitor.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const ORDERS: Array<[string, NonNullable<Layout['plugins']>]> = [
  ['before the library', (router, auth) => [router, auth]],
  ['after the library', (router, auth) => [auth, router]],
  ['in no app, but passed as `router`', (_router, auth) => [auth]],
  ['after the library, and passed as `router`', (router, auth) => [auth, router]],
]

describe.each(ORDERS)('a router installed %s', (name, plugins) => {
  const isPassed = name.includes('passed')

  test('is guarded from the first navigation on', async () => {
    const visitor = await arrive('/secret', (router) => (isPassed ? { router } : {}), { plugins })

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
  })

  test('is the one that the end of a session and a login move the visitor with', async () => {
    const server = await startServer()
    const visitor = await arrive(
      '/login?redirect=/secret',
      (router) => clientOf(server, isPassed ? { router } : {}),
      {
        plugins,
      },
    )
    await visitor.store.login({})
    expect(visitor.at()).toBe('/secret')

    server.expire()
    server.refusing = true
    await outcomes(times(10, () => visitor.auth.http.get('/items/1')))
    await calm()

    expect(visitor.seen.slice(1)).toEqual(['/secret', '/login?redirect=/secret'])
  })

  test('is let go of when the app is unmounted', async () => {
    const visitor = await arrive('/public', (router) => (isPassed ? { router } : {}), { plugins })
    visitor.app.unmount()

    await visitor.router.push('/secret')

    expect(visitor.at()).toBe('/secret')
  })
})

test('an app that is unmounted leaves no hook on a router that outlives it', async () => {
  const hooks = new Set<unknown>()
  const visitor = await arrive(
    '/public',
    (router) => {
      for (const name of ['beforeEach', 'beforeResolve', 'afterEach', 'onError'] as const) {
        const add: (hook: never) => () => void = router[name]
        router[name] = (hook: unknown) => {
          hooks.add(hook)
          const remove = add(hook as never)
          return () => {
            hooks.delete(hook)
            remove()
          }
        }
      }
      return { router }
    },
    { plugins: (_router, auth) => [auth] },
  )
  expect(hooks.size).toBeGreaterThan(0)

  visitor.app.unmount()

  expect(hooks.size).toBe(0)
})

test('an app that is unmounted before there was a router guards none that comes later', async () => {
  const app = emptyApp().use(createPinia()).use(createAuthAxios())
  app.mount({})
  app.unmount()
  const router = createRouter({ history: createMemoryHistory(), routes })

  Object.assign(app.config.globalProperties, { $router: router })
  await router.push('/secret')

  expect(app.config.globalProperties.$router).toBe(router)
  expect(router.currentRoute.value.path).toBe('/secret')
})

test('an app with two identities that is unmounted leaves a router that outlives it as it was', async () => {
  const admin = (router: Router) => createAuthAxios({ id: 'admin', router })
  const given: Array<Pick<Router, 'push' | 'replace'>> = []
  const visitor = await arrive(
    '/public',
    (router) => {
      given.push({ push: router.push, replace: router.replace })
      return { router }
    },
    { plugins: (router, auth) => [auth, admin(router)] },
  )

  visitor.app.unmount()

  const { push, replace } = visitor.router
  expect([{ push, replace }]).toEqual(given)
})

describe('a router installed after the library', () => {
  test('is guarded for each of two identities', async () => {
    const admin = createAuthAxios({ id: 'admin', loginRoute: '/admin/login' })
    const more: RouteRecordRaw[] = [
      { path: '/desk', component: page, meta: { auth: true, authId: 'admin' } },
      { path: '/admin/login', component: page, meta: { auth: 'guest', authId: 'admin' } },
    ]
    const visitor = await arrive(
      '/public',
      {},
      {
        routes: withRoutes(...more),
        plugins: (router, auth) => [auth, admin, router],
      },
    )

    await visitor.router.push('/desk')
    expect(visitor.at()).toBe('/admin/login?redirect=/desk')
    await visitor.router.push('/secret')
    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('is found by the templates of the app as ever', async () => {
    const visitor = await arrive('/public', {}, { plugins: (router, auth) => [auth, router] })

    expect(visitor.app.config.globalProperties.$router).toBe(visitor.router)
    expect(visitor.app.config.globalProperties.$route.path).toBe('/public')
  })
})

describe('the router that is passed as `router`', () => {
  test('goes before the one of the app', async () => {
    const other = createRouter({ history: createMemoryHistory(), routes })
    const visitor = await arrive('/secret', { router: other })
    expect(visitor.seen).toEqual(['/secret'])

    await other.push('/secret')
    expect(other.currentRoute.value.path).toBe('/login')
  })
})

describe('what a router does by itself stays as it was', () => {
  const broken = withRoutes({ path: '/broken', component: () => Promise.reject(new Error('no such chunk')) })

  test('an error of a navigation that the app has no handler for is still written to the console', async () => {
    const visitor = await arrive('/public', {}, { routes: broken })
    expectConsole('warn', /R0010|uncaught error/i)
    expectConsole('error', 'no such chunk')

    expect(await failure(visitor.router.push('/broken'))).toMatchObject({ message: 'no such chunk' })
  })

  test('an error that the app has a handler for is told to it alone', async () => {
    const visitor = await arrive('/public', {}, { routes: broken })
    const handler = vi.fn()
    visitor.router.onError(handler)

    await failure(visitor.router.push('/broken'))

    expect(handler).toHaveBeenCalledOnce()
  })

  test('a push to a name that does not exist throws at once', async () => {
    const { router } = await arrive('/public')

    expect(() => router.push({ name: 'nowhere' })).toThrow(/No match/)
    expect(() => router.replace({ name: 'nowhere' })).toThrow(/No match/)
  })

  test('guards of the app are asked after the library has let the visitor in', async () => {
    const visitor = await arrive('/public')
    const guard = vi.fn()
    visitor.router.beforeEach((to) => guard(to.path))

    await visitor.router.push('/secret')

    expect(guard.mock.calls).toEqual([['/login']])
  })

  test('its pages and routes are not asked for before a navigation', async () => {
    const load = vi.fn(async () => page)
    await arrive('/public', {}, { routes: withRoutes({ path: '/lazy', component: load }) })

    expect(load).not.toHaveBeenCalled()
  })
})

describe('without vue-router', () => {
  test('the end of a session calls `onSessionEnd` once, and nothing else', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const { http, store } = await signIn(server, { onSessionEnd })
    server.expire()
    server.refusing = true

    const { errors } = await outcomes(times(20, (index) => http.get(`/items/${index}`)))

    expect(errors).toHaveLength(20)
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', expect.anything())
    expect(store.status).toBe('expired')
  })

  test('signing in and out works, with and without `redirect`', async () => {
    const server = await startServer()
    const onSessionEnd = vi.fn()
    const { store } = visit(server, { onSessionEnd })

    await store.login({})
    await store.logout()
    await store.login({}, { redirect: '/somewhere' })
    await store.logout({ redirect: '/elsewhere' })

    expect(onSessionEnd.mock.calls.map(([reason]) => reason)).toEqual(['logout', 'logout'])
    expect(store.status).toBe('anonymous')
  })

  test('a stand-in for a router, as component tests have them, is left alone', async () => {
    const server = await startServer()
    const stand = { push: vi.fn(), replace: vi.fn() }
    const prepare = (app: App<object>) => Object.assign(app.config.globalProperties, { $router: stand })
    const { store } = await signIn(server, {}, prepare)

    await store.logout()

    expect(stand.push).not.toHaveBeenCalled()
    expect(stand.replace).not.toHaveBeenCalled()
  })

  test('another plugin may still put a `$router` of its own there', async () => {
    const app = emptyApp().use(createPinia()).use(createAuthAxios())
    onTestFinished(() => app.unmount())
    app.mount({})
    expect(app.config.globalProperties.$router).toBeUndefined()

    Object.assign(app.config.globalProperties, { $router: 'of another kind' })

    expect(app.config.globalProperties.$router).toBe('of another kind')
  })
})

test('a page that was let in stays when the same app signs in again', async () => {
  const server = await startServer()
  const visitor = await signedIn(server, '/public')
  await visitor.router.push('/secret')

  await visitor.store.login({})

  expect(visitor.seen).toEqual(['/public', '/secret'])
})
