import { inspect } from 'node:util'
import axios, {
  AxiosError,
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { httpBackend, isAuthError } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { reaches } from '../../support/reachable.ts'
import { journey, memoryRouter } from '../../support/routes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { RefreshFault, StrictServer } from '../../support/strict-server.ts'
import { type Client, signIn, startServer, visit } from '../../support/world.ts'

/** Answers 401 to all requests in place of the network, which is not asked about hosts that nobody has. */
function refusingNetwork() {
  const sent: InternalAxiosRequestConfig[] = []
  const adapter: AxiosAdapter = (config) => {
    sent.push(config)
    const response = { status: 401, statusText: '', data: '', headers: {}, config } as AxiosResponse
    return Promise.reject(new AxiosError('refused', 'ERR_BAD_REQUEST', config, null, response))
  }
  return { sent, adapter }
}

describe('56. a session at https://api.ok gives its token to no other origin', () => {
  test.each([
    'https://evil/items',
    '//evil/items',
    'HTTPS://EVIL/items',
    'https://api.ok@evil/items',
    'https://api.ok:pass@evil/items',
    'https://api.ok.evil/items',
    'https://apiXok/items',
    'https://sub.api.ok/items',
    'http://api.ok/items',
    'https://api.ok:444/items',
    'https://api.ok%2eevil/items',
    '//api.ok:8443/items',
    'wss://api.ok/items',
    'file:///etc/passwd',
    'data:application/json,{}',
    'javascript:alert(1)',
  ])('not to %s, and a 401 from there causes no refresh', async (url) => {
    const { sent, adapter } = refusingNetwork()
    const server = await startServer()
    const { http, store } = await signIn(server, { axios: { baseURL: 'https://api.ok', adapter } })

    const error = await failure(http.get(url, { baseURL: '' }))

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(sent.map(({ headers }) => headers.get('Authorization') ?? null)).toEqual([null])
    expect(store.isAuthenticated).toBe(true)
    expectConsole('warn', 'answered 401 to a request', /^(data|file|javascript):/.test(url) ? 0 : 1)
  })

  test.each(['https://evil/items', '//evil/items', 'https://api.ok@evil/items', 'http://api.ok/items'])(
    'not to the absolute URL %s that goes past its baseURL',
    async (url) => {
      const { sent, adapter } = refusingNetwork()
      const server = await startServer()
      const { http } = await signIn(server, { axios: { baseURL: 'https://api.ok', adapter } })

      await failure(http.get(url))

      expect(sent.map(({ headers }) => headers.get('Authorization') ?? null)).toEqual([null])
      expectConsole('warn', 'answered 401 to a request')
    },
  )

  test.each([
    '/items',
    'items',
    '',
    'https://api.ok/items',
    'HTTPS://API.OK/items',
    'https://api.ok:443/items',
    '\\\\evil',
  ])('but to itself, by %j, it does', async (url) => {
    const { sent, adapter } = refusingNetwork()
    const server = await startServer()
    const { http } = await signIn(server, { axios: { baseURL: 'https://api.ok', adapter } })

    await failure(http.get(url))

    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer AT-1-1')
    // Joined as axios joins it: under the base, whatever it looks like.
    expect(new URL(axios.getUri(sent[0])).origin).toBe('https://api.ok')
  })

  test.each(['https://evil', 'http://api.ok', 'https://api.ok:444'])(
    'not where the request itself names the base %s',
    async (baseURL) => {
      const { sent, adapter } = refusingNetwork()
      const server = await startServer()
      const { http } = await signIn(server, { axios: { baseURL: 'https://api.ok', adapter } })

      await failure(http.get('/items', { baseURL }))

      expect(sent.map(({ headers }) => headers.get('Authorization') ?? null)).toEqual([null])
      expectConsole('warn', 'answered 401 to a request')
    },
  )

  test('an absolute URL that axios is told to take for a path is a path', async () => {
    const { sent, adapter } = refusingNetwork()
    const server = await startServer()
    const { http } = await signIn(server, { axios: { baseURL: 'https://api.ok', adapter } })

    await failure(http.get('https://evil/items', { allowAbsoluteUrls: false }))

    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer AT-1-1')
    expect(new URL(axios.getUri(sent[0])).host).toBe('api.ok')
  })
})

test('56. a request to another port of the same host carries no token, and its 401 causes no refresh', async () => {
  const [server, stranger] = [await startServer(), await startServer()]
  const { http } = await signIn(server)

  expect(await failure(http.get(`${stranger.url}/items/1`))).toMatchObject({ response: { status: 401 } })

  expect(stranger.arrivals.map(({ authorization }) => authorization)).toEqual([undefined])
  expect(server.arrivals).toEqual([])
  expectConsole('warn', 'answered 401 to a request without a token')
})

test('56. a server that redirects to another origin does not take the token along', async () => {
  const [server, stranger] = [await startServer(), await startServer()]
  const elsewhere = stranger.url.replace('127.0.0.1', 'localhost')
  server.answers = ({ path }) =>
    path === '/items/away' ? { status: 302, headers: { location: `${elsewhere}/public` } } : undefined
  const { http } = await signIn(server)

  expect((await http.get('/items/away')).data).toEqual({ public: true })

  expect(stranger.arrivals.map(({ authorization }) => authorization)).toEqual([undefined])
})

describe('57. after a login', () => {
  const elsewhere: Array<[string, string | string[]]> = [
    ['https://evil', 'https://evil'],
    ['//evil', '//evil'],
    ['/\\evil', '/\\evil'],
    ['\\\\evil', '\\\\evil'],
    ['///evil', '///evil'],
    ['/, a tab and /evil', '/\t/evil'],
    ['/, a line break and /evil', '/\n/evil'],
    ['/, a line break and //evil', '/\r\n//evil'],
    ['javascript:', 'javascript:alert(1)'],
    ['data:', 'data:text/html,<script>alert(1)</script>'],
    ['%2F%2Fevil', '%2F%2Fevil'],
    ['evil', 'evil'],
    ['@evil', '@evil'],
    ['nothing', ''],
    ['a repeated parameter', ['/orders/1', '//evil']],
    ['10 kB', `/orders/${'x'.repeat(10_240)}`],
    ['the login page itself', '/login?redirect=/login'],
    ['/.//evil', '/.//evil'],
    ['/..//evil', '/..//evil'],
    ['/orders/..//evil', '/orders/..//evil'],
  ]
  const unknown = ['/%2Fevil', '/%5Cevil', '/nowhere']

  test.each(elsewhere)('a return path of %s leads home', async (_name, redirect) => {
    const server = await startServer()
    const router = memoryRouter()
    const { store } = visit(server, {}, (app) => app.use(router))
    await router.push({ path: '/login', query: { redirect } })
    const path = journey(router)

    await store.login({})

    expect(path).toEqual(['/'])
  })

  test.each(unknown)('a return path of %s, which no route matches, leads home', async (redirect) => {
    const server = await startServer()
    const router = memoryRouter()
    const { store } = visit(server, {}, (app) => app.use(router))
    await router.push({ path: '/login', query: { redirect } })
    const path = journey(router)

    await store.login({})

    expect(path).toEqual(['/'])
    expectConsole('warn', 'No match found')
  })

  test.each([...elsewhere, ...unknown.map((path) => [path, path] as const)])(
    'a return path of %s stays on the origin of an app whose routes match everything',
    async (_name, redirect) => {
      const server = await startServer()
      const router = memoryRouter([{ path: '/:rest(.*)*', component: { render: () => null } }])
      const { store } = visit(server, {}, (app) => app.use(router))
      await router.push({ path: '/login', query: { redirect: redirect as string | string[] } })

      await store.login({})

      const { fullPath } = router.currentRoute.value
      expect(fullPath).not.toMatch(/^\/[/\\]/)
      expect(new URL(fullPath, 'https://app.ok').origin).toBe('https://app.ok')
    },
  )

  test.each(['/orders/1', '/orders/1?page=2', '/orders/1?next=https://other.example/#top', '/about'])(
    'a return path of %s is followed',
    async (redirect) => {
      const server = await startServer()
      const router = memoryRouter()
      const { store } = visit(server, {}, (app) => app.use(router))
      await router.push({ path: '/login', query: { redirect } })

      await store.login({})

      expect(router.currentRoute.value.fullPath).toBe(router.resolve(redirect).fullPath)
    },
  )
})

describe('58. no token shows in what a failure leaves behind', () => {
  const SECRET = /RT-\d+-\d+|AT-\d+-\d+/
  const methods = ['log', 'info', 'debug', 'warn', 'error', 'trace', 'table', 'dir'] as const
  let printed = ''

  beforeEach(() => {
    printed = ''
    for (const method of methods) {
      vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
        printed += args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg, { depth: 9 }))).join(' ')
      })
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** Every way to see what an error holds. */
  function expectClean(error: unknown): void {
    expect(String((error as Error).stack)).not.toMatch(SECRET)
    expect(JSON.stringify(error)).not.toMatch(SECRET)
    expect(inspect(error, { depth: 9, showHidden: true, getters: false })).not.toMatch(SECRET)
    for (const secret of ['RT-1-1', 'RT-1-2', 'RT-2-1', 'AT-1-1', 'AT-1-2', 'AT-2-1']) {
      expect(reaches(error, secret), secret).toBe(false)
    }
    expect((error as AxiosError).request).toBeUndefined()
  }

  type Case = [name: string, fail: (client: Client, server: StrictServer) => Promise<unknown[]>]

  const meets =
    (...faults: RefreshFault[]): Case[1] =>
    async ({ http, store }, server) => {
      server.faults.push(...faults)
      const requests = await outcomes(times(3, (n) => http.post(`/items/${n}`, { note: 'own body' })))
      return [...requests.errors, await failure(store.refresh())]
    }
  const echo = '{"error":"invalid_grant","sent":{"refresh_token":"RT-1-1"},"access_token":"AT-1-1"}'

  const failures: Case[] = [
    ['refused', meets({ status: 400, body: '{"error":"invalid_grant"}' })],
    ['refused with an echo of what was sent', meets({ status: 400, body: echo })],
    ['refused with 401', meets({ status: 401 })],
    ['unavailable', meets({ status: 503 }, { status: 503 }, { status: 503 })],
    ['failing with an echo of what was sent', meets({ status: 500, body: echo })],
    ['failing with a page that holds what was sent', meets({ status: 502, body: `<pre>${echo}</pre>` })],
    ['asking for patience', meets({ status: 429, headers: { 'retry-after': '60' } })],
    ['dropped before', meets('drop-before')],
    ['dropped after', meets('drop-after')],
    ['never answered', meets('hang')],
    ['answered by a page', meets({ rotated: '<html>RT-1-2</html>', contentType: 'text/html' })],
    ['answered by half a body', meets({ rotated: '{"access_token":"AT-1-2","refresh_token":"RT-1-' })],
    ['answered by an odd token', meets({ rotated: '{"access_token":["AT-1-2"],"refresh_token":"RT-1-2"}' })],
    ['redirected', meets({ status: 302, headers: { location: '/page' } })],
    [
      'redirected round and round',
      meets(...times(30, () => ({ status: 307, headers: { location: '/auth/refresh' } }))),
    ],
    [
      'without a server',
      async ({ http, store }, server) => {
        server.expire()
        await outcomes([http.get('/items/warm')])
        server.expire()
        await store.setTokens({ accessToken: 'AT-1-1', refreshToken: 'RT-1-1', expiresAt: Date.now() - 1 })
        await server.stop()
        return [await failure(http.get('/items/1')), await failure(store.refresh())]
      },
    ],
    [
      'overtaken by a logout',
      async ({ http, store }, server) => {
        server.refreshDelay = 50
        const request = failure(http.get('/items/1'))
        await server.arrived('/auth/refresh')
        await store.logout()
        return [await request]
      },
    ],
  ]

  test.each(failures)('of a refresh that is %s', async (_name, fail) => {
    const server = await startServer()
    const storage = new Shelf()
    const client = await signIn(server, { storage, refreshTimeout: 300 })
    server.expire()

    const errors = await fail(client, server)

    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors) {
      expect(isAuthError(error)).toBe(true)
      expectClean(error)
    }
    expect(printed).not.toMatch(SECRET)
    expect(JSON.stringify(client.pinia.state.value)).not.toMatch(SECRET)
    expect(JSON.stringify(client.store.$state)).not.toMatch(SECRET)
  })

  test('of a backend of the app that puts the token into its own error', async () => {
    const server = await startServer()
    const backend = {
      ...httpBackend(),
      refresh: (tokens: unknown) =>
        Promise.reject(
          Object.assign(new Error(`no luck with ${JSON.stringify(tokens)}`), {
            tokens,
            cause: { tokens, nested: new Error(JSON.stringify(tokens)) },
          }),
        ),
    }
    const { http, store } = await signIn(server, { backend })
    server.expire()

    for (const error of [await failure(http.get('/items/1')), await failure(store.refresh())]) {
      expect(isAuthError(error)).toBe(true)
      expect(reaches(error, 'RT-1-1')).toBe(false)
      expect(JSON.stringify(error)).not.toContain('RT-1-1')
    }
    expect(printed).not.toMatch(SECRET)
  })

  test('of a storage whose errors hold what was to be written', async () => {
    const server = await startServer()
    const storage = new Shelf()
    const { http } = await signIn(server, { storage })
    storage.before = (operation, value) => {
      throw Object.assign(new Error(`${operation} failed`), { value })
    }
    server.expire()

    expect((await http.get('/items/1')).status).toBe(200)

    await vi.waitFor(() => expect(printed).toContain('setItem failed'))
    expect(printed).not.toMatch(SECRET)
  })

  test('of a login or a user that fails', async () => {
    const server = await startServer()
    server.answers = ({ path }) => (path === '/auth/me' ? { status: 500, body: '{}' } : undefined)
    const { pinia, store } = visit(server, { backend: httpBackend({ user: '/auth/me' }) })

    expect(JSON.stringify(await failure(store.login({ username: 'ada' })))).not.toMatch(SECRET)
    expect(store.status).toBe('anonymous')
    await store.setTokens(server.grant())

    await vi.waitFor(() => expect(server.to('/auth/me')).toHaveLength(2))
    expect(printed).not.toMatch(SECRET)
    expect(JSON.stringify(pinia.state.value)).not.toMatch(SECRET)
  })

  test('and in what a success leaves in the state, which a server renders and other plugins store', async () => {
    const server = await startServer()
    const { http, pinia, store } = await signIn(server)
    const mutations: string[] = []
    store.$subscribe((mutation, state) => mutations.push(inspect([mutation, state], { depth: 9 })), {
      flush: 'sync',
    })
    server.expire()

    const answer = await http.get('/items/1')
    await store.login({})

    expect(JSON.stringify(pinia.state.value)).not.toMatch(SECRET)
    expect(inspect(pinia.state.value, { depth: 9 })).not.toMatch(SECRET)
    expect(mutations.join()).not.toMatch(SECRET)
    expect(JSON.stringify(answer.config)).not.toMatch(SECRET)
    expect(printed).toBe('')
  })
})
