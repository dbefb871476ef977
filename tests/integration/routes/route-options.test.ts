import { describe, expect, test, vi } from 'vitest'
import type { RouteLocationRaw } from 'vue-router'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure } from '../../support/outcomes.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'
import { arrive, calm, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

const routes = withRoutes(
  { path: '/:lang/sign-in', name: 'sign-in', component: page, meta: { auth: 'guest' } },
  { path: '/:lang/welcome', name: 'welcome', component: page },
  { path: '/lazy-login', component: async () => page, meta: { auth: 'guest' } },
  { path: '/unmarked', component: page },
  { path: '/strict', component: page, meta: { auth: true } },
  { path: '/old-login', redirect: '/login' },
)

const LOGIN_ROUTES: Array<[string, RouteLocationRaw, string]> = [
  ['a path', '/login', '/login?redirect=/secret/7?x%3D1%26y%3D2%23z'],
  [
    'a path with a query and a hash',
    '/login?from=app#form',
    '/login?from=app&redirect=/secret/7?x%3D1%26y%3D2%23z#form',
  ],
  [
    'a location',
    { path: '/login', query: { from: 'app' } },
    '/login?from=app&redirect=/secret/7?x%3D1%26y%3D2%23z',
  ],
  [
    'a name with params',
    { name: 'sign-in', params: { lang: 'de' } },
    '/de/sign-in?redirect=/secret/7?x%3D1%26y%3D2%23z',
  ],
  [
    'params that need encoding',
    { name: 'sign-in', params: { lang: 'a/b?c ü' } },
    '/a%2Fb%3Fc%20%C3%BC/sign-in?redirect=/secret/7?x%3D1%26y%3D2%23z',
  ],
  ['a lazy route', '/lazy-login', '/lazy-login?redirect=/secret/7?x%3D1%26y%3D2%23z'],
  ['a route without `auth`', '/unmarked', '/unmarked?redirect=/secret/7?x%3D1%26y%3D2%23z'],
  ['a route marked `auth: true` by mistake', '/strict', '/strict?redirect=/secret/7?x%3D1%26y%3D2%23z'],
  ['a path that redirects to it', '/old-login', '/login?redirect=/secret/7?x%3D1%26y%3D2%23z'],
]

/** Whether two paths mean the same location, however their queries are written. */
const located = (
  router: { resolve(to: string): { path: string; query: object; hash: string } },
  to: string,
) => {
  const { path, query, hash } = router.resolve(to)
  return { path, query, hash }
}

describe('`loginRoute` may be', () => {
  test.each(LOGIN_ROUTES)('%s', async (_name, loginRoute, expected) => {
    const server = await startServer()
    const visitor = await arrive('/public', clientOf(server, { loginRoute }), { routes })

    await visitor.router.push('/secret/7?x=1&y=2#z')
    expect(located(visitor.router, visitor.at())).toEqual(located(visitor.router, expected))

    await visitor.store.login({})
    expect(visitor.at()).toBe('/secret/7?x=1&y=2#z')

    server.expire()
    server.refusing = true
    await failure(visitor.auth.http.get('/items/1'))
    await calm()
    expect(located(visitor.router, visitor.at())).toEqual(located(visitor.router, expected))
    expect(visitor.seen).toHaveLength(4)

    expect(await visitor.back()).toBe('/public')
  })

  test.each(LOGIN_ROUTES)(
    '%s, and its page is open to those without a session',
    async (_name, loginRoute) => {
      const visitor = await arrive('/public', { loginRoute }, { routes })

      await visitor.router.push(loginRoute)

      expect(visitor.seen).toHaveLength(2)
      expect(visitor.router.currentRoute.value.query).not.toHaveProperty('redirect')
    },
  )

  test.each(LOGIN_ROUTES)('%s, and a second logout at its page stays there', async (_name, loginRoute) => {
    const visitor = await signedIn(await startServer(), '/open', { loginRoute }, { routes })
    await visitor.store.logout()
    const at = visitor.at()

    await visitor.store.logout()

    expect(visitor.seen).toEqual(['/open', at])
    expect(visitor.router.currentRoute.value.query).not.toHaveProperty('redirect')
  })

  test('a page that a signed-in visitor may open too, where it is not marked', async () => {
    const visitor = await signedIn(await startServer(), '/public', { loginRoute: '/unmarked' }, { routes })

    await visitor.router.push('/unmarked')

    expect(visitor.at()).toBe('/unmarked')
  })
})

describe('`homeRoute` and `forbiddenRoute` may be names with params', () => {
  const refuse = () => false

  test('`homeRoute`', async () => {
    const server = await startServer()
    const homeRoute = { name: 'welcome', params: { lang: 'de' }, query: { x: 1 } }
    const visitor = await arrive('/login', clientOf(server, { homeRoute }), { routes })

    await visitor.store.login({})

    expect(visitor.at()).toBe('/de/welcome?x=1')
  })

  test('`forbiddenRoute`', async () => {
    const forbiddenRoute = { name: 'welcome', params: { lang: 'de' } }
    const ruled = { path: '/ruled', component: page, meta: { auth: refuse } }
    const layout = { routes: [ruled, ...routes] }
    const visitor = await signedIn(await startServer(), '/public', { forbiddenRoute }, layout)

    await visitor.router.push('/ruled')

    expect(visitor.at()).toBe('/de/welcome')
  })
})

describe('a route that the router does not know', () => {
  const unknown: AuthAxiosOptions = { loginRoute: { name: 'nowhere' } }

  test('as `loginRoute` is reported when a session ends; no rejection is left behind', async () => {
    const server = await startServer()
    const lost = await signedIn(server, '/open', unknown)
    const reported = vi.fn()
    lost.app.config.errorHandler = reported
    server.expire()
    server.refusing = true

    const unhandled = await unhandledRejections(async () => {
      expect(await failure(lost.auth.http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
      await calm()
    })

    expect(unhandled).toEqual([])
    expect(reported).toHaveBeenCalledOnce()
    expect(lost.at()).toBe('/open')
    expect(lost.store.status).toBe('expired')
  })

  test('as `loginRoute` does not stop a logout', async () => {
    const server = await startServer()
    const lost = await signedIn(server, '/open', unknown)
    expectConsole('error', 'nowhere')

    await lost.store.logout()

    expect(lost.store.status).toBe('anonymous')
    expect(server.logouts).toBe(1)
  })

  test('as the redirect of a logout is reported, and the next logout works', async () => {
    const server = await startServer()
    const lost = await signedIn(server, '/open')
    expectConsole('error', 'nowhere')

    await lost.store.logout({ redirect: { name: 'nowhere' } })
    expect(lost.store.status).toBe('anonymous')

    await lost.store.logout()
    expect(lost.at()).toBe('/login')
  })

  test('as the redirect of a login is reported, and the session stands', async () => {
    const server = await startServer()
    const lost = await arrive('/open', clientOf(server))
    expectConsole('error', 'nowhere')

    await lost.store.login({}, { redirect: { name: 'nowhere' } })

    expect(lost.store.isAuthenticated).toBe(true)
    expect(lost.at()).toBe('/open')
  })

  test('as `homeRoute` is reported after a login, and the session stands', async () => {
    const server = await startServer()
    const lost = await arrive('/login', clientOf(server, { homeRoute: { name: 'nowhere' } }))
    expectConsole('error', 'nowhere')

    await lost.store.login({})

    expect(lost.store.isAuthenticated).toBe(true)
  })
})
