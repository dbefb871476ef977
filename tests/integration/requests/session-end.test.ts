import type { AxiosError } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { type AuthError, httpBackend } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { journey, memoryRouter } from '../../support/routes.ts'
import { Shelf } from '../../support/shelf.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

/** A signed-in visitor on a page, whose next refresh the server will refuse. */
async function refused(path: string, options: Parameters<typeof signIn>[1] = {}) {
  const server = await startServer()
  const router = memoryRouter()
  const client = await signIn(server, options, (app) => app.use(router))
  await router.push(path)
  server.expire()
  server.refusing = true
  return { ...client, server, router, path: journey(router) }
}

describe('rule 7: a refresh that requests wait for and that is refused', () => {
  test('rejects every waiter with its own 401, and goes to the login page once', async () => {
    const { http, path, router, store } = await refused('/orders/7?page=2#notes')

    const { errors } = await outcomes(times(20, (n) => http.get(`/items/${n}`)))

    for (const [n, error] of (errors as Array<AxiosError<{ path: string }>>).entries()) {
      expect(error).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_EXPIRED' })
      expect(error.response).toMatchObject({ status: 401, data: { path: `/items/${n}` } })
      expect(error.config?.url).toBe(`/items/${n}`)
    }
    expect(store.status).toBe('expired')
    await vi.waitFor(() => expect(path).toHaveLength(1))
    expect(router.currentRoute.value).toMatchObject({
      path: '/login',
      query: { redirect: '/orders/7?page=2#notes' },
    })
  })

  test('replaces the page in the history, so that "back" does not lead into it again', async () => {
    const { http, path, router } = await refused('/orders/7')

    await failure(http.get('/items/1'))
    await vi.waitFor(() => expect(path).toHaveLength(1))
    router.back()

    await vi.waitFor(() => expect(router.currentRoute.value.path).not.toBe('/orders/7'))
  })

  test.each(['/about', '/welcome', '/login?redirect=/orders/1'])(
    'leaves a visitor at %s alone',
    async (at) => {
      const { http, path, router, store } = await refused(at)

      await failure(http.get('/items/1'))

      expect(store.status).toBe('expired')
      await router.isReady()
      expect(path).toEqual([])
    },
  )

  test('names the page that is being navigated to, not the one being left', async () => {
    const { http, path, router } = await refused('/orders/1')
    const loading = gate()
    router.beforeResolve((to) => (to.path === '/orders/2' ? loading.passed : undefined))

    const going = router.push('/orders/2?tab=open')
    await failure(http.get('/items/1'))
    loading.open()
    await going

    await vi.waitFor(() => expect(path).toHaveLength(1))
    expect(router.currentRoute.value).toMatchObject({
      path: '/login',
      query: { redirect: '/orders/2?tab=open' },
    })
  })

  test('says so to the app, once, after the session is over everywhere', async () => {
    const storage = new Shelf()
    const seen: unknown[] = []
    const { http, store } = await refused('/orders/1', {
      storage,
      onSessionEnd: (reason) => seen.push([reason, store.status, store.tokens]),
    })

    await outcomes(times(5, (n) => http.get(`/items/${n}`)))

    expect(seen).toEqual([['expired', 'expired', null]])
    await vi.waitFor(() => expect(storage.items.size).toBe(0))
  })

  test('lets an onSessionEnd send requests and wait for them', async () => {
    const server = await startServer()
    const answers: unknown[] = []
    const client = await signIn(server, {
      onSessionEnd: async () => {
        answers.push((await client.http.get('/public')).status)
        answers.push(((await failure(client.http.get('/items/own'))) as AxiosError).response?.status)
      },
    })
    server.expire()
    server.refusing = true

    expect(await failure(client.http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

    await vi.waitFor(() => expect(answers).toEqual([200, 401]))
    expect(server.to('/public')[0]?.authorization).toBeUndefined()
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('lets an onSessionEnd sign in again, and the old requests still end with their own errors', async () => {
    const server = await startServer()
    const client = await signIn(server, {
      onSessionEnd: () => void client.store.setTokens(server.grant()),
    })
    server.expire()
    server.refusing = true

    const { errors } = await outcomes(times(3, (n) => client.http.get(`/items/${n}`)))

    expect(errors.map((error) => (error as AuthError).code)).toEqual(times(3, () => 'ERR_AUTH_EXPIRED'))
    expect(client.store.accessToken).toBe('AT-2-1')
    expect(server.to('/items').map(({ authorization }) => authorization)).not.toContain('Bearer AT-2-1')
    expect((await client.http.get('/items/new')).status).toBe(200)
  })

  test('still goes to the login page where onSessionEnd throws', async () => {
    const { http, path } = await refused('/orders/1', {
      onSessionEnd: () => {
        throw new Error('a hook of the app')
      },
    })

    await failure(http.get('/items/1'))

    await vi.waitFor(() => expect(path).toEqual(['/login?redirect=/orders/1']))
    expectConsole('error', 'a hook of the app')
  })

  test('rejects its waiters although the login route does not exist, and says what is wrong', async () => {
    const { http, store } = await refused('/orders/1', { loginRoute: { name: 'sign-in' } })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

    expect(store.status).toBe('expired')
    expectConsole('error', 'sign-in')
  })

  test('ends at a login route of the app, under a query of its own', async () => {
    const { http, path } = await refused('/orders/1', {
      loginRoute: { path: '/welcome', query: { why: 'expired' }, hash: '#form' },
      redirectQuery: 'next',
    })

    await failure(http.get('/items/1'))

    await vi.waitFor(() => expect(path).toEqual(['/welcome?why=expired&next=/orders/1#form']))
  })
})

describe('rule 7: a refresh refused beside a token that still serves', () => {
  test('ends the session only when that token no longer does', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.extra = { expires_in: 300 }
    const onSessionEnd = vi.fn<(reason: string) => void>()
    const { http, store } = await signIn(server, { onSessionEnd })
    server.refusing = true
    clock.pass(280_000)

    expect((await http.get('/items/1')).status).toBe(200)
    await vi.waitFor(() => expect(store.isRefreshing).toBe(false))
    expect((await http.get('/items/2')).status).toBe(200)
    expect([store.status, onSessionEnd.mock.calls.length]).toEqual(['authenticated', 0])

    clock.pass(21_000)
    expect(await failure(http.get('/items/3'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect([store.status, onSessionEnd.mock.calls.length]).toEqual(['expired', 1])
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('ends it at the first 401, without another refresh', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.extra = { expires_in: 300 }
    const { http, store } = await signIn(server)
    server.refusing = true
    clock.pass(280_000)
    await http.get('/items/1')
    await vi.waitFor(() => expect(server.to('/auth/refresh')[0]?.status).toBe(400))
    await vi.waitFor(() => expect(store.isRefreshing).toBe(false))

    server.expire()
    expect(await failure(http.get('/items/2'))).toMatchObject({
      code: 'ERR_AUTH_EXPIRED',
      response: { status: 401, data: { path: '/items/2' } },
    })
    expect(store.status).toBe('expired')
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('ends it at once where a 401 came to wait for that very refresh', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.extra = { expires_in: 300 }
    const refreshing = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
    const { http, store } = await signIn(server)
    server.refusing = true
    clock.pass(280_000)

    await http.get('/items/1')
    await server.arrived('/auth/refresh')
    server.expire()
    const request = failure(http.get('/items/2'))
    await server.arrived('/items/2')
    refreshing.open()

    expect(await request).toMatchObject({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })
    expect(store.status).toBe('expired')
  })
})

describe('after the session ended', () => {
  test('a request goes out without a token and gets its own answer', async () => {
    const { http, server } = await refused('/orders/1')
    await failure(http.get('/items/1'))

    expect(await failure(http.get('/items/2'))).toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })

    expect(server.to('/items/2').map(({ authorization }) => authorization)).toEqual([undefined])
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('signing in leads back to the page, and the requests work again', async () => {
    const { http, path, router, server, store } = await refused('/orders/7?page=2')
    await failure(http.get('/items/1'))
    await vi.waitFor(() => expect(path).toHaveLength(1))

    await store.login({})

    expect(router.currentRoute.value.fullPath).toBe('/orders/7?page=2')
    expect((await http.get('/items/2')).status).toBe(200)
    expect(server.to('/items/2').map(({ authorization }) => authorization)).toEqual(['Bearer AT-2-1'])
  })
})

describe('after a login', () => {
  test.each([
    ['/login?redirect=/orders/1', '/orders/1'],
    ['/login', '/'],
    ['/welcome', '/'],
    ['/welcome?redirect=/orders/1', '/orders/1'],
    ['/about', '/about'],
    ['/orders/3', '/orders/3'],
    ['/login?redirect=/welcome', '/'],
  ])('from %s the visitor is at %s', async (from, to) => {
    const server = await startServer()
    const router = memoryRouter()
    const { store } = visit(server, {}, (app) => app.use(router))
    await router.push(from)

    await store.login({})

    expect(router.currentRoute.value.fullPath).toBe(to)
  })

  test.each<[string, string | false, string]>([
    ['a route of its own', '/orders/9', '/orders/9'],
    ['false', false, '/login?redirect=/orders/1'],
  ])('with %s as redirect it decides', async (_name, redirect, to) => {
    const server = await startServer()
    const router = memoryRouter()
    const { store } = visit(server, {}, (app) => app.use(router))
    await router.push('/login?redirect=/orders/1')

    await store.login({}, { redirect })

    expect(router.currentRoute.value.fullPath).toBe(to)
  })

  test('all or nothing: a user that cannot be loaded leaves no session and no navigation', async () => {
    const server = await startServer()
    server.answers = ({ path }) => (path === '/auth/me' ? { status: 500 } : undefined)
    const storage = new Shelf()
    const router = memoryRouter()
    const backend = httpBackend({ user: '/auth/me' })
    const { store } = visit(server, { storage, backend }, (app) => app.use(router))
    await router.push('/login?redirect=/orders/1')

    expect(await failure(store.login({}))).toMatchObject({ response: { status: 500 } })

    expect(store.status).toBe('anonymous')
    expect(storage.items.size).toBe(0)
    expect(router.currentRoute.value.path).toBe('/login')
    await server.arrived('/auth/logout')
  })
})
