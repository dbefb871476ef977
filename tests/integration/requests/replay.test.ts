import { Agent } from 'node:http'
import { type AxiosError, type AxiosInstance, isAxiosError } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { type AuthError, httpBackend, isAuthError } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

describe('rule 3: a request that is answered 401', () => {
  test('is refreshed and replayed although its validateStatus accepts a 401', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()

    const answer = await http.get('/items/1', { validateStatus: () => true })

    expect(answer).toMatchObject({ status: 200, data: { path: '/items/1' } })
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('is refreshed where a validateStatus among the defaults accepts everything', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { validateStatus: null } })
    server.expire()

    expect((await http.get('/items/1')).status).toBe(200)
  })

  test('ends as an error where the refresh is refused, although all statuses are accepted', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, { axios: { validateStatus: () => true } })
    server.expire()
    server.refusing = true

    expect(await failure(http.get('/items/1'))).toMatchObject({
      code: 'ERR_AUTH_EXPIRED',
      response: { status: 401, data: { error: 'unauthorized' } },
    })
    expect(store.status).toBe('expired')
  })

  test.each([400, 403, 404, 409, 422, 500, 503])(
    'gets the %s of its replay as its own answer',
    async (status) => {
      const server = await startServer()
      server.answers = ({ path }, isAuthorised) =>
        path === '/items/1' && isAuthorised ? { status, body: '{"from":"replay"}' } : undefined
      const { http } = await signIn(server)
      server.expire()

      expect(await failure(http.get('/items/1'))).toMatchObject({
        name: 'AxiosError',
        response: { status, data: { from: 'replay' } },
      })
      expect(server.to('/items')).toHaveLength(2)
      expect(server.to('/auth/refresh')).toHaveLength(1)
    },
  )

  test('gets the network error of its replay as its own', async () => {
    const server = await startServer()
    server.hold = ({ authorization, path }) =>
      path === '/items/1' && authorization === 'Bearer AT-1-2' ? server.stop() : undefined
    const { http, store } = await signIn(server)
    server.expire()

    const error = await failure(http.get('/items/1'))

    expect(error).toMatchObject({ code: 'ECONNRESET', config: { url: '/items/1' } })
    expect(isAuthError(error)).toBe(false)
    expect(store.isAuthenticated).toBe(true)
  })

  test('is replayed once even where the replay meets the end of the next token', async () => {
    const server = await startServer()
    server.hold = ({ path }) => {
      if (path === '/auth/refresh') server.expire()
      return undefined
    }
    const { http, store } = await signIn(server)
    server.expire()

    const error = await failure(http.get('/items/1'))

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(server.to('/items')).toHaveLength(2)
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(store.isAuthenticated).toBe(true)
  })

  test('asks by the store: a listener of the action hears of the refresh', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    const heard: string[] = []
    store.$onAction(({ name, after }) => {
      heard.push(name)
      after(() => void heard.push(`after ${name}`))
    })
    server.expire()

    await http.get('/items/1')

    expect(heard).toEqual(['refresh', 'after refresh'])
  })
})

describe('rule 4: a replay', () => {
  test('runs the interceptors of the app no second time', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    const request = vi.fn<(url: string | undefined) => void>()
    const async = vi.fn<(url: string | undefined) => void>()
    const response = vi.fn<(status: number) => void>()
    const rejected = vi.fn<(error: unknown) => void>()
    http.interceptors.request.use(
      (config) => {
        request(config.url)
        return config
      },
      null,
      { synchronous: true },
    )
    http.interceptors.request.use(async (config) => {
      await Promise.resolve()
      async(config.url)
      config.headers.set('X-Added', `${config.headers.get('X-Added') ?? ''}+`)
      return config
    })
    http.interceptors.response.use(
      (answer) => {
        response(answer.status)
        return answer
      },
      (error) => {
        rejected(error)
        throw error
      },
    )
    server.expire()

    await http.get('/items/1')

    expect(request.mock.calls).toEqual([['/items/1']])
    expect(async.mock.calls).toEqual([['/items/1']])
    expect(response.mock.calls).toEqual([[200]])
    expect(rejected).not.toHaveBeenCalled()
    expect(server.to('/items').map(({ headers }) => headers['x-added'])).toEqual(['+', '+'])
  })

  test('is not seen by the response interceptor of an app that signs out on every 401', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    http.interceptors.response.use(null, async (error) => {
      if (isAxiosError(error) && error.response?.status === 401) await store.logout()
      throw error
    })
    server.expire()

    await http.get('/items/1')
    server.expire()
    server.faults.push({ status: 500 })
    expect(await failure(http.get('/items/2'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })

    expect(store.isAuthenticated).toBe(true)
  })

  test('goes to the same URL, whatever the base is made of', async () => {
    const server = await startServer()
    const { http } = await signIn(server, {
      axios: { baseURL: `${server.url}/items/v1/` },
      backend: httpBackend({ refresh: `${server.url}/auth/refresh` }),
    })
    server.expire()

    await http.get('/path', { params: { a: 1 } })

    expect(server.to('/items').map(({ path }) => path)).toEqual(['/items/v1/path?a=1', '/items/v1/path?a=1'])
  })

  test('destroys the unread 401 of a streamed answer, so that its connection is free', async () => {
    const server = await startServer()
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { http } = await signIn(server, { axios: { httpAgent }, refreshTimeout: 1_000 })
    server.expire()

    const answer = await http.get('/stream/1', { responseType: 'stream' })

    expect(answer.status).toBe(200)
    answer.data.destroy()
    httpAgent.destroy()
  })

  test('has the connection to itself where many large streamed answers were 401', async () => {
    const server = await startServer()
    const large = Buffer.alloc(500_000, 'x')
    server.answers = ({ path }, isAuthorised) =>
      path.startsWith('/items') && !isAuthorised ? { status: 401, body: large } : undefined
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 2 })
    const { http } = await signIn(server, { axios: { httpAgent }, refreshTimeout: 1_000 })
    server.expire()

    const answers = times(6, async (n) => {
      const { data, status } = await http.get(`/items/${n}`, { responseType: 'stream' })
      data.resume()
      return status
    })

    expect((await outcomes(answers)).values).toEqual(times(6, () => 200))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    httpAgent.destroy()
  })
})

/** What a session can end by while a request of it is on its way. */
const ends: Record<
  string,
  (client: { store: { logout(): Promise<void>; login(c: unknown): Promise<void> } }) => Promise<unknown>
> = {
  'a logout': ({ store }) => store.logout(),
  'another login': ({ store }) => store.login({}),
  'a logout and another login': async ({ store }) => {
    await store.logout()
    await store.login({})
  },
}

describe('rule 4: a request is replayed inside the session that sent it alone', () => {
  test.each(Object.entries(ends))('after %s its 401 rejects it', async (_name, end) => {
    const server = await startServer()
    const late = gate()
    server.hold = ({ path }) => (path === '/items/1' ? late.passed : undefined)
    const client = await signIn(server)
    server.expire()

    const request = failure(client.http.post('/items/1', { from: 'the first' }))
    await server.arrived('/items/1')
    await end(client)
    late.open()

    expect(await request).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED', config: { url: '/items/1' } })
    expect(server.to('/items')).toHaveLength(1)
  })

  test.each(Object.entries(ends))(
    'after %s while it waits for a refresh it is rejected',
    async (_name, end) => {
      const server = await startServer()
      const refreshing = gate()
      server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
      const client = await signIn(server)
      server.expire()

      const request = failure(client.http.post('/items/1', { from: 'the first' }))
      await server.arrived('/auth/refresh')
      const ended = end(client)

      const error = (await request.then((reason) => {
        refreshing.open()
        return reason
      })) as AuthError
      await ended
      expect(error).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
      expect(error.response).toBeUndefined()
      expect(server.to('/items')).toHaveLength(1)
    },
  )
})

describe('a caller that sends a request again by itself', () => {
  /** What the well-known retry interceptors do. */
  function retryOnce(http: AxiosInstance, status: number): void {
    const retried = new WeakSet<object>()
    http.interceptors.response.use(null, (error: AxiosError) => {
      if (error.response?.status !== status || !error.config || retried.has(error.config)) throw error
      const again = { ...error.config }
      retried.add(again)
      return http.request(again)
    })
  }

  test('finds neither a token nor a stranger in the config of an answer or an error', async () => {
    const server = await startServer()
    server.answers = ({ path }, isAuthorised) =>
      path === '/items/broken' && isAuthorised ? { status: 500 } : undefined
    const { http } = await signIn(server)

    for (const isDead of [false, true]) {
      if (isDead) server.expire()
      const answer = await http.get('/items/1', { headers: { 'X-Own': '1' } })
      if (isDead) server.expire()
      const error = (await failure(http.get('/items/broken'))) as AxiosError
      for (const config of [answer.config, error.config!, error.response!.config]) {
        expect(config.headers.has('Authorization')).toBe(false)
        expect(config.adapter).toEqual(http.defaults.adapter)
        expect(JSON.stringify(config)).not.toContain('AT-1-')
      }
      expect(answer.config.headers.get('X-Own')).toBe('1')
      expect(answer.config.url).toBe('/items/1')
      expect(answer.config.baseURL).toBe(server.url)
    }
  })

  test('gets a fresh token for the config of an old answer, and a refresh if need be', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    const { config } = await http.post('/items/1', { name: 'ada' }, { params: { a: 1 } })
    server.expire()

    const again = await http.request(config)

    expect(again.status).toBe(200)
    const sent = server.to('/items')
    expect(sent.map(({ authorization }) => authorization)).toEqual([
      'Bearer AT-1-1',
      'Bearer AT-1-1',
      'Bearer AT-1-2',
    ])
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/items/1?a=1']))
    expect(new Set(sent.map(({ body }) => body.toString()))).toEqual(new Set(['{"name":"ada"}']))
  })

  test('gets a fresh token for the config of an old 401', async () => {
    const clock = holdClock()
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    server.faults.push({ status: 500 })
    const { config } = (await failure(http.get('/items/1'))) as AuthError

    clock.pass(1_000)
    expect((await http.request(config!)).status).toBe(200)

    expect(server.to('/items').at(-1)?.authorization).toBe('Bearer AT-1-2')
  })

  test('by an interceptor after a 503 is answered, and a 401 on the way costs one refresh', async () => {
    const server = await startServer()
    let answered = 0
    server.answers = ({ path }, isAuthorised) =>
      path === '/items/1' && isAuthorised && answered++ === 0 ? { status: 503 } : undefined
    const { http } = await signIn(server)
    retryOnce(http, 503)
    server.expire()

    expect((await http.post('/items/1', { name: 'ada' })).status).toBe(200)

    expect(server.to('/items').map(({ status }) => status)).toEqual([401, 503, 200])
    expect(new Set(server.to('/items').map(({ body }) => body.toString()))).toEqual(
      new Set(['{"name":"ada"}']),
    )
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })
})

test('a hundred requests whose answers are mixed get each its own', async () => {
  const server = await startServer()
  server.delay = (path) => (Number(path.split('/').at(-1)) * 7) % 40
  server.answers = ({ path }, isAuthorised) =>
    isAuthorised && path.endsWith('3') ? { status: 404, body: `{"path":"${path}"}` } : undefined
  const { http } = await signIn(server)
  server.expire()

  const { values, errors } = await outcomes(times(100, (n) => http.get(`/items/${n}`)))

  expect(statuses(values)).toEqual(times(90, () => 200))
  expect(values.every(({ data, config }) => data.path === config.url)).toBe(true)
  expect(errors).toHaveLength(10)
  for (const error of errors as Array<AxiosError<{ path: string }>>) {
    expect(error.response?.status).toBe(404)
    expect(error.response?.data.path).toBe(error.config?.url)
  }
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

describe('finding 28: a fresh token that is refused at once', () => {
  /** Somebody who was deactivated: the server still refreshes, and lets none of the tokens in. */
  async function deactivated() {
    const server = await startServer()
    server.answers = ({ path }) => (path.startsWith('/items') ? { status: 401 } : undefined)
    return { server, ...(await signIn(server)) }
  }

  test.each([
    [
      'one after the other',
      async (send: (n: number) => Promise<unknown>) => {
        for (let n = 0; n < 6; n++) await send(n)
      },
    ],
    ['at once', (send: (n: number) => Promise<unknown>) => Promise.all(times(6, send))],
  ])('costs one refresh for six requests %s, and each gets its 401', async (_, run) => {
    const clock = holdClock()
    const { server, http, store } = await deactivated()
    const errors: unknown[] = []

    await run(async (n) => void errors.push(await failure(http.get(`/items/${n}`))))

    expect(errors).toHaveLength(6)
    for (const error of errors) expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(store.status).toBe('authenticated')

    // The refusal is shared for a second; who comes later asks once more, for they may have been let in again.
    clock.pass(1_000)
    await failure(http.get('/items/later'))
    expect(server.to('/auth/refresh')).toHaveLength(2)
  })
})
