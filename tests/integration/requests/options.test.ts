import { AxiosError } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { type AuthAxiosOptions, type AuthError, httpBackend } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

describe('authorize', () => {
  test('puts the tokens where the API wants them, on the replay as well', async () => {
    const server = await startServer()
    server.answers = ({ headers, path }) =>
      path.startsWith('/items') ? { status: headers['x-token'] === 'AT-1-2' ? 200 : 401 } : undefined
    const { http } = await signIn(server, {
      authorize: (headers, { accessToken, scope }) => {
        headers.set('X-Token', accessToken)
        headers.set('X-Scope', scope ?? 'none')
      },
    })

    expect((await http.get('/items/1')).status).toBe(200)

    expect(
      server
        .to('/items')
        .map(({ headers }) => [headers['x-token'], headers['x-scope'], headers.authorization]),
    ).toEqual([
      ['AT-1-1', 'none', undefined],
      ['AT-1-2', 'none', undefined],
    ])
  })

  test('that throws fails its request and no other', async () => {
    const server = await startServer()
    const authorize = vi.fn<NonNullable<AuthAxiosOptions['authorize']>>((headers, { accessToken }) => {
      headers.set('Authorization', `Bearer ${accessToken}`)
    })
    authorize.mockImplementationOnce(() => {
      throw new Error('a hook of the app')
    })
    const { http } = await signIn(server, { authorize })

    expect(String(await failure(http.get('/items/1')))).toContain('a hook of the app')
    expect((await http.get('/items/2')).status).toBe(200)
  })
})

describe('shouldRefresh', () => {
  test('sees the parsed body, whatever the status is', async () => {
    const server = await startServer()
    server.answers = ({ path }, isAuthorised) =>
      path.startsWith('/items') && !isAuthorised
        ? { status: 200, body: '{"errors":[{"code":"UNAUTHENTICATED"}]}' }
        : undefined
    const { http } = await signIn(server, {
      shouldRefresh: ({ data }) => data?.errors?.[0]?.code === 'UNAUTHENTICATED',
    })
    server.expire()

    expect((await http.post('/items/graphql', { query: '{ me }' })).data).toMatchObject({ session: 1 })

    expect(server.to('/items')).toHaveLength(2)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test.each(['http', 'fetch'] as const)(
    'leaves the answer unread for the caller, with %s',
    async (adapter) => {
      const server = await startServer()
      const { http } = await signIn(server, {
        axios: { adapter },
        shouldRefresh: ({ data, status, headers }) => {
          void data
          return status === 401 && headers['content-type'] === 'application/json'
        },
      })
      server.expire()

      const answer = await http.get('/items/1', { transformResponse: (data: unknown) => typeof data })

      expect(answer.data).toBe('string')
    },
  )

  test('gets text where the body is none of JSON, and parsed bytes where they are', async () => {
    const server = await startServer()
    server.answers = ({ path }) =>
      path === '/items/text' ? { status: 400, body: 'session gone' } : undefined
    const seen: unknown[] = []
    const { http } = await signIn(server, {
      shouldRefresh: ({ data }) => {
        seen.push(data)
        return false
      },
    })

    await outcomes([http.get('/items/text')])
    await http.get('/items/1', { responseType: 'arraybuffer' })
    await http.get('/empty/1')

    expect(seen[0]).toBe('session gone')
    expect(seen[1]).toMatchObject({ path: '/items/1' })
    expect(seen[2]).toBe('')
  })

  test('that says no leaves a 401 to the caller', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, { shouldRefresh: () => false })
    server.expire()

    expect(await failure(http.get('/items/1'))).toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })
    expect(server.to('/auth/refresh')).toEqual([])
    expect(store.isAuthenticated).toBe(true)
  })

  test('that always says yes costs each request one refresh and no loop', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { shouldRefresh: () => true })

    expect((await http.get('/items/1')).status).toBe(200)

    expect(server.to('/items')).toHaveLength(2)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('that throws fails its request alone', async () => {
    const server = await startServer()
    let isBroken = true
    const { http } = await signIn(server, {
      shouldRefresh: () => {
        if (isBroken) throw new Error('a hook of the app')
        return false
      },
    })

    expect(String(await failure(http.get('/items/1')))).toContain('a hook of the app')
    isBroken = false
    expect((await http.get('/items/2')).status).toBe(200)
  })
})

describe('isSessionOver', () => {
  test('decides what ends the session, before any retry', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, {
      isSessionOver: (error) => error instanceof AxiosError && error.response?.status === 503,
    })
    server.expire()
    server.faults.push({ status: 503 })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(store.status).toBe('expired')
  })

  test('can keep a session that the default would end', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, { isSessionOver: () => false })
    server.expire()
    server.faults.push({ status: 400 })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.isAuthenticated).toBe(true)
  })

  test.each([
    [400, '<!doctype html><h1>Blocked</h1>', 'text/html; charset=utf-8'],
    [403, '<html>captive portal</html>', 'text/html'],
    [401, ' <!DOCTYPE HTML><title>Proxy</title>', 'text/plain'],
  ])('does not take a page with status %s for a refusal', async (status, body, type) => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    server.faults.push({ status, body, headers: { 'content-type': type } })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.isAuthenticated).toBe(true)
  })

  test.each([400, 401, 403])('takes a %s of the API for a refusal', async (status) => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    server.faults.push({ status, body: '{"error":"invalid_grant"}' })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
  })

  test('that throws is a failed refresh and hangs nobody', async () => {
    const clock = holdClock()
    const server = await startServer()
    const { http, store } = await signIn(server, {
      isSessionOver: () => {
        throw new Error('a hook of the app')
      },
    })
    server.expire()
    server.faults.push({ status: 400 })

    const { errors } = await outcomes(times(3, (n) => http.get(`/items/${n}`)))

    expect(errors).toHaveLength(3)
    for (const error of errors) expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(store.isRefreshing).toBe(false)
    clock.pass(1_000)
    expect((await http.get('/items/later')).status).toBe(200)
  })
})

describe('attachTo', () => {
  test('finding 32: names origins that get the token besides the instance’s own', async () => {
    const [server, other, stranger] = [await startServer(), await startServer(), await startServer()]
    other.answers = () => ({ status: 200 })
    const { http } = await signIn(server, { attachTo: [other.url] })

    await outcomes([server, other, stranger].map(({ url }) => http.get(`${url}/items/1`)))

    expect(
      [server, other, stranger].map((at) => at.to('/items').map(({ authorization }) => authorization)),
    ).toEqual([['Bearer AT-1-1'], ['Bearer AT-1-1'], [undefined]])
    expectConsole('warn', `${stranger.url} answered 401`)
  })

  test('is a function of the URL as it will be sent', async () => {
    const server = await startServer()
    const seen: string[] = []
    const { http } = await signIn(server, {
      attachTo: (url) => {
        seen.push(url.href)
        return url.pathname.startsWith('/items')
      },
    })

    await outcomes([http.get('/items/1'), http.get('public')])

    expect(seen).toEqual([`${server.url}/items/1`, `${server.url}/public`])
    expect(new Map(server.arrivals.map(({ path, authorization }) => [path, authorization]))).toEqual(
      new Map([
        ['/items/1', 'Bearer AT-1-1'],
        ['/public', undefined],
      ]),
    )
  })

  test('that says no gives the token to nobody', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { attachTo: () => false })

    await failure(http.get('/items/1'))

    expect(server.to('/items').map(({ authorization }) => authorization)).toEqual([undefined])
    expect(server.to('/auth/refresh')).toEqual([])
    expectConsole('warn', `${server.url} answered 401`)
  })
})

describe('a backend of the app', () => {
  test('gets an instance without interceptors, with errors where axios has them', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, {
      axios: { validateStatus: () => true, headers: { 'X-App': 'yes' } },
    })
    http.interceptors.request.use((config) => ({ ...config, url: '/nowhere' }))
    server.faults.push({ status: 400 })

    expect(await failure(store.refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(server.to('/auth/refresh').map(({ headers }) => headers['x-app'])).toEqual(['yes'])
  })

  test('that says null has nothing to refresh with: the session is over', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, {
      backend: { ...httpBackend(), refresh: () => Promise.resolve(null) },
    })
    server.expire()

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
  })

  describe('finding 33: whose refresh sends through the registered instance', () => {
    const waitsForItself =
      /`backend\.refresh` sends \/auth\/refresh through .* Send by the `http` of its context/

    test('waits for itself no longer than the timeout, is told of at once and named in the error', async () => {
      const server = await startServer()
      const client = visit(server, {
        refreshTimeout: 150,
        backend: {
          refresh: async (tokens) => {
            const { data } = await client.http.post('/auth/refresh', { refresh_token: tokens?.refreshToken })
            return data
          },
        },
      })
      // An interceptor of the application that takes its time.
      client.http.interceptors.request.use(async (config) => config)
      await client.store.setTokens(server.grant())
      server.expire()

      const { errors } = await outcomes([client.http.get('/items/1'), client.http.get('/items/2')])

      expect(errors).toHaveLength(2)
      for (const error of errors) expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
      expect((errors[0] as AuthError).cause).toMatchObject({
        message: expect.stringContaining('`http` of its context'),
      })
      await vi.waitFor(() => expect(client.store.isRefreshing).toBe(false))
      expectConsole('warn', waitsForItself, 1)
    })

    test('is told of where the server keeps the refresh token, once in the life of the application', async () => {
      const server = await startServer()
      const client = visit(server, {
        refreshTimeout: 100,
        backend: { refresh: async () => (await client.http.post('/auth/refresh')).data },
      })
      await client.store.setTokens({ access_token: server.grant().access_token })
      server.expire()

      await failure(client.http.get('/items/1'))
      await vi.waitFor(() => expect(client.store.isRefreshing).toBe(false))
      await new Promise((resolve) => setTimeout(resolve, 1_000)) // a failure is shared for so long
      await failure(client.http.get('/items/1'))

      expectConsole('warn', waitsForItself, 1)
    })

    test('is not told of where it says `withAuth: false`: that is sent', async () => {
      const server = await startServer()
      const client = visit(server, {
        backend: {
          refresh: async (tokens) => {
            const body = { refresh_token: tokens?.refreshToken }
            return (await client.http.post('/auth/refresh', body, { withAuth: false })).data
          },
        },
      })
      await client.store.setTokens(server.grant())
      server.expire()

      expect((await client.http.get('/items/1')).status).toBe(200)
    })
  })

  test('may rotate nothing, rename everything and know no lifetime', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server, {
      backend: {
        refresh: async (tokens, { http: bare, signal }) => {
          const { data } = await bare.post(
            '/auth/refresh',
            { refresh_token: tokens?.refreshToken },
            { signal },
          )
          return { token: data.access_token, refresh: data.refresh_token }
        },
      },
    })
    server.expire()

    expect((await http.get('/items/1')).status).toBe(200)
    expect(store.tokens).toEqual({ accessToken: 'AT-1-2', refreshToken: 'RT-1-2', tokenType: 'Bearer' })
  })

  test('keeps the user that it loads, whoever comes beside the tokens of a refresh', async () => {
    const server = await startServer()
    const { store } = await signIn(server, { backend: httpBackend({ user: '/items/me' }) })
    await store.fetchUser()
    server.extra = { user: { id: 1 } }

    await store.refresh()

    expect(store.user).toMatchObject({ path: '/items/me' })
  })
})
