import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { type ViteDevServer, createServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RouteRecordRaw } from 'vue-router'
import VueRouter from 'vue-router/vite'
import { httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import { arrive, calm, page, signedIn } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

let vite: ViteDevServer
/** The routes that vue-router's own plugin makes of the folder `pages`: lazy pages, and `definePage` for their `meta`. */
let routes: RouteRecordRaw[]

beforeAll(async () => {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  vite = await createServer({
    configFile: false,
    root: here('.'),
    logLevel: 'error',
    plugins: [VueRouter({ routesFolder: here('pages'), dts: false, watch: false }), vue()],
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    appType: 'custom',
  })
  const made = await vite.ssrLoadModule('vue-router/auto-routes')
  routes = made.routes as RouteRecordRaw[]
})

afterAll(() => vite.close())

describe('routes made of files', () => {
  test.each(['/orders', '/orders/', '/orders/7?tab=lines'])(
    'are guarded by what their layout asks for, and come back to: %s',
    async (path) => {
      const server = await startServer()
      const visitor = await arrive(path, clientOf(server), { routes })
      expect(visitor.at()).toBe(`/login?redirect=${path}`)

      await visitor.store.login({})

      expect(visitor.at()).toBe(path)
      expect(visitor.router.currentRoute.value.matched).toHaveLength(2)
    },
  )

  test('know the login page by its alias', async () => {
    const server = await startServer()
    const visitor = await arrive('/sign-in/', clientOf(server), { routes })

    await visitor.store.login({})

    expect(visitor.at()).toBe('/')
  })

  test('are left when a session ends, but for those that are public by intent', async () => {
    for (const [path, expected] of [
      ['/orders/7', '/login?redirect=/orders/7'],
      ['/no/such/page', '/login?redirect=/no/such/page'],
      ['/about', '/about'],
    ] as const) {
      const server = await startServer()
      const visitor = await signedIn(server, '/', {}, { routes })
      await visitor.router.push(path)
      server.expire()
      server.refusing = true
      await failure(visitor.auth.http.get('/items/1'))
      await calm()

      expect(visitor.at()).toBe(expected)
    }
  })

  test('may be replaced by force once the first page is ready, as Nuxt does when it starts', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    for (const [options, expected] of [
      [{}, '/login?redirect=/orders/7'],
      [{ storage }, '/orders/7'],
    ] as const) {
      const visitor = await arrive('/orders/7', clientOf(server, options), { routes })
      await visitor.router.isReady()
      const { fullPath } = visitor.router.currentRoute.value

      await visitor.router.replace({
        ...visitor.router.resolve(fullPath),
        name: undefined,
        force: true,
      } as never)

      expect(visitor.at()).toBe(expected)
    }
  })
})

describe('routes as Nuxt writes them', () => {
  const lazy = () => Promise.resolve(page)
  const nuxt: RouteRecordRaw[] = [
    { name: 'index', path: '/', component: lazy },
    { name: 'login', path: '/login', meta: { auth: 'guest' }, alias: ['/sign-in'], component: lazy },
    {
      // A page of its own with `<NuxtPage />` has no name where an index page stands below it.
      name: undefined,
      path: '/orders',
      meta: { auth: true },
      component: lazy,
      children: [
        { name: 'orders', path: '', component: lazy },
        { name: 'orders-id', path: ':id()', component: lazy },
        { name: 'orders-help', path: 'help', meta: { auth: false }, component: lazy },
      ],
    },
    { name: 'old', path: '/old', redirect: '/orders/7', component: lazy },
    {
      name: 'slug',
      path: '/:slug(.*)*',
      meta: { auth: ({ id }: Record<string, unknown>) => id === 1 },
      component: lazy,
    },
  ] as RouteRecordRaw[]

  test.each([
    ['/orders', '/login?redirect=/orders', '/orders'],
    ['/orders/7/', '/login?redirect=/orders/7/', '/orders/7/'],
    ['/old', '/login?redirect=/orders/7', '/orders/7'],
    ['/a/b', '/login?redirect=/a/b', '/a/b'],
    ['/orders/help', '/orders/help', '/orders/help'],
    ['/sign-in', '/sign-in', '/'],
  ])('are guarded, and come back to: %s', async (path, asked, came) => {
    const server = await startServer()
    const backend = httpBackend({ user: '/auth/me' })
    const visitor = await arrive(path, clientOf(server, { backend }), { routes: nuxt })
    expect(visitor.at()).toBe(asked)

    await visitor.store.login({})

    expect(visitor.at()).toBe(came)
  })
})

describe('routes that are added later', () => {
  test('are guarded from then on, and the page that waited for them is entered anew', async () => {
    const server = await startServer()
    const [orders, ...others] = routes.filter(({ path }) => path !== '/:path(.*)').toReversed()
    expect(orders?.path).toBe('/orders')
    expectConsole('warn', 'No match found')
    const visitor = await arrive('/orders/7', clientOf(server), { routes: others })
    expect(visitor.at()).toBe('/orders/7')

    visitor.router.addRoute(orders!)
    await visitor.router.replace(visitor.at())
    expect(visitor.at()).toBe('/login?redirect=/orders/7')
    await visitor.store.login({})

    expect(visitor.at()).toBe('/orders/7')
  })

  test('may be the login page', async () => {
    const server = await startServer()
    const login = routes.find(({ path }) => path === '/login')
    const visitor = await arrive('/about', clientOf(server), {
      routes: routes.filter((route) => route !== login),
    })

    visitor.router.addRoute(login!)
    await visitor.router.push('/orders')
    expect(visitor.at()).toBe('/login?redirect=/orders')
    await visitor.router.push('/sign-in')
    await visitor.store.login({})

    expect(visitor.at()).toBe('/')
  })

  test('may be removed again: nothing is come back to that no route matches any more', async () => {
    const server = await startServer()
    const visitor = await signedIn(
      server,
      '/',
      {},
      { routes: routes.filter(({ path }) => path !== '/:path(.*)') },
    )
    await visitor.router.push('/orders/7')
    server.expire()
    server.refusing = true
    await failure(visitor.auth.http.get('/items/1'))
    await calm()
    expect(visitor.at()).toBe('/login?redirect=/orders/7')

    server.refusing = false
    visitor.router.removeRoute('/orders')
    expectConsole('warn', 'No match found')
    await visitor.store.login({})

    expect(visitor.at()).toBe('/')
  })
})
