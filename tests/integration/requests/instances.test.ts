import axios, { AxiosError, type AxiosAdapter, type AxiosResponse } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { createAuthAxios } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const authorizations = (server: StrictServer) => server.to('/items').map(({ authorization }) => authorization)

describe('an attached instance', () => {
  test('sends with the token of the session to its own origin', async () => {
    const [server, other] = [await startServer(), await startServer()]
    const { auth } = await signIn(server)
    const second = auth.attach(axios.create({ baseURL: other.url }))
    other.answers = () => ({ status: 200 })

    await second.get('/items/1')

    expect(authorizations(other)).toEqual(['Bearer AT-1-1'])
  })

  test('of another service shares the refresh: one for all of them', async () => {
    const [server, other] = [await startServer(), await startServer()]
    let known = 'AT-1-1'
    other.answers = ({ authorization, path }) =>
      path.startsWith('/items') ? { status: authorization === `Bearer ${known}` ? 200 : 401 } : undefined
    const { auth, http } = await signIn(server)
    const second = auth.attach(axios.create({ baseURL: other.url }))
    server.expire()
    known = 'AT-1-2'

    const { values, errors } = await outcomes(times(20, (n) => (n % 2 ? http : second).get(`/items/${n}`)))

    expect(errors).toEqual([])
    expect(statuses(values)).toEqual(times(20, () => 200))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(other.to('/auth/refresh')).toEqual([])
  })

  test('keeps its own settings and interceptors', async () => {
    const server = await startServer()
    const { auth } = await signIn(server)
    const second = axios.create({ baseURL: `${server.url}/items/second`, headers: { 'X-Second': 'yes' } })
    const seen = vi.fn<(status: number) => void>()
    second.interceptors.response.use((answer) => {
      seen(answer.status)
      return answer
    })
    expect(auth.attach(second)).toBe(second)
    server.expire()

    await second.get('/1')

    expect(server.to('/items').map(({ path, headers }) => [path, headers['x-second']])).toEqual([
      ['/items/second/1', 'yes'],
      ['/items/second/1', 'yes'],
    ])
    expect(seen.mock.calls).toEqual([[200]])
  })

  test('may be attached ahead of the install, and twice, and is under the session once', async () => {
    const server = await startServer()
    const second = axios.create({ baseURL: server.url })
    const { app, store, auth } = visit(server)
    auth.attach(second)
    auth.attach(second)
    await store.setTokens(server.grant())
    server.expire()

    expect((await second.get('/items/1')).status).toBe(200)
    expect(server.to('/items')).toHaveLength(2)

    app.unmount()
    expect(second.interceptors.request.handlers?.filter(Boolean)).toEqual([])
  })

  test('that was attached before the install sends once the app is there, and says what is missing before', async () => {
    const server = await startServer()
    const auth = createAuthAxios({ axios: { baseURL: server.url } })
    const second = auth.attach(axios.create({ baseURL: server.url }))

    expect(String(await failure(second.get('/items/1')))).toContain('app.use(')

    const { app } = install({ id: 'another' })
    app.use(auth)
    await auth.useStore().setTokens(server.grant())
    expect((await second.get('/items/1')).status).toBe(200)
    app.unmount()
  })

  test('is abortable and typed like the first', async () => {
    const server = await startServer()
    const { auth } = await signIn(server)
    const second = auth.attach(axios.create({ baseURL: server.url }))
    server.expire()
    server.refusing = true

    expect(await failure(second.get('/items/1'))).toMatchObject({
      code: 'ERR_AUTH_EXPIRED',
      config: { url: '/items/1' },
      response: { status: 401 },
    })
  })
})

describe('an adopted instance', () => {
  test('keeps its own interceptors, which run once', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    const order: string[] = []
    own.interceptors.request.use((config) => {
      order.push('own request')
      config.headers.set('X-Own', 'yes')
      return config
    })
    own.interceptors.response.use((answer) => {
      order.push(`own response ${answer.status}`)
      return answer
    })
    const { http } = await signIn(server, { axios: own })
    expect(http).toBe(own)
    http.interceptors.request.use((config) => {
      order.push('later request')
      return config
    })
    server.expire()

    await http.get('/items/1')

    expect(order).toEqual(['later request', 'own request', 'own response 200'])
    expect(server.to('/items').map(({ headers }) => headers['x-own'])).toEqual(['yes', 'yes'])
  })

  test('has its interceptors alone again after the unmount', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    own.interceptors.request.use((config) => config)
    const { app } = await signIn(server, { axios: own })

    app.unmount()

    expect(own.interceptors.request.handlers?.filter(Boolean)).toHaveLength(1)
    expect(own.interceptors.response.handlers?.filter(Boolean) ?? []).toHaveLength(0)
    expect(await failure(own.get('/items/1'))).toMatchObject({ response: { status: 401 } })
    expect(authorizations(server)).toEqual([undefined])
  })

  test('can go to another application afterwards', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    const first = await signIn(server, { axios: own })
    first.app.unmount()
    const second = await signIn(server, { axios: own })

    expect((await second.http.get('/items/1')).status).toBe(200)
    expect(authorizations(server)).toEqual(['Bearer AT-2-1'])
  })

  test('whose interceptor changes the URL is judged by the URL it goes to', async () => {
    const [server, stranger] = [await startServer(), await startServer()]
    const own = axios.create({ baseURL: server.url })
    own.interceptors.request.use((config) => ({ ...config, baseURL: stranger.url }))
    const { http } = await signIn(server, { axios: own })

    await failure(http.get('/items/1'))

    expect(authorizations(stranger)).toEqual([undefined])
    expectConsole('warn', `${stranger.url} answered 401`)
  })

  test('whose interceptor puts an adapter on the config keeps its session', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    own.interceptors.request.use((config) => ({
      ...config,
      headers: config.headers.concat({ 'X-Own': '1' }),
    }))
    const { http } = await signIn(server, { axios: own })

    await http.get('/items/1')

    expect(
      server.to('/items').map(({ headers, authorization }) => [headers['x-own'], authorization]),
    ).toEqual([['1', 'Bearer AT-1-1']])
  })
})

test('a request interceptor of the app may send a request of its own first', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  http.interceptors.request.use(async (config) => {
    if (config.url === '/items/1') config.headers.set('X-Status', (await http.get('/items/first')).status)
    return config
  })
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)
  expect(server.to('/items/1').map(({ headers }) => headers['x-status'])).toEqual(['200'])
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('an interceptor of the app does not see the refresh, which goes by itself', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  const urls: Array<string | undefined> = []
  http.interceptors.request.use(async (config) => {
    urls.push(config.url)
    return config
  })
  server.expire()

  await http.get('/items/1')

  expect(urls).toEqual(['/items/1'])
})

/** What a mock answers. */
type Mocked = [status: number, data?: unknown, headers?: Record<string, string>]

/** An adapter in the way of axios-mock-adapter: answers from a list, by method and URL. */
function mockAdapter(answers: Record<string, (token: unknown) => Mocked>): AxiosAdapter {
  return async (config) => {
    const make = answers[`${config.method} ${config.url}`] ?? ((): Mocked => [404])
    const [status, data, headers = {}] = make(config.headers.get('Authorization'))
    const response: AxiosResponse = {
      status,
      statusText: '',
      data: data === undefined ? undefined : JSON.stringify(data),
      headers,
      config,
      request: {},
    }
    if (config.validateStatus?.(status) ?? true) return response
    throw new AxiosError(`Request failed with status code ${status}`, undefined, config, {}, response)
  }
}

test('a mock adapter that a test puts on the instance plays server for everything', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server)
  const refreshed = vi.fn<() => void>()
  http.defaults.adapter = mockAdapter({
    'get /items': (token) => (token === 'Bearer fresh' ? [200, { mocked: true }] : [401]),
    'post /auth/refresh': () => {
      refreshed()
      return [200, { access_token: 'fresh' }]
    },
    'post /auth/login': () => [200, { access_token: 'fresh' }],
  })

  const { values } = await outcomes(times(3, () => http.get('/items')))

  expect(values.map(({ data }) => data)).toEqual(times(3, () => ({ mocked: true })))
  expect(refreshed).toHaveBeenCalledOnce()
  expect(store.accessToken).toBe('fresh')
  await store.login({})
  expect(server.arrivals).toEqual([])
})

test.each(['Retry-After', 'retry-after', 'RETRY-AFTER'])(
  'a header %s is heeded in whatever case an adapter spells it',
  async (name) => {
    const server = await startServer()
    const { http } = await signIn(server)
    const refreshed = vi.fn<() => void>()
    http.defaults.adapter = mockAdapter({
      'get /items': () => [401],
      'post /auth/refresh': () => {
        refreshed()
        return [503, {}, { [name]: '60' }]
      },
    })

    expect(await failure(http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })

    expect(refreshed).toHaveBeenCalledOnce()
  },
)
