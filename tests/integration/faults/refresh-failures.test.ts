import type { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AuthError } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { journey, memoryRouter } from '../../support/routes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { RefreshFault, StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer } from '../../support/world.ts'

/** What the server saw of refresh tokens, in order. */
const presented = (server: StrictServer): string[] =>
  server.to('/auth/refresh').map(({ body }) => JSON.parse(body.toString()).refresh_token)

// Backoff has full jitter: here without the luck.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.1)
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('17. invalid_grant clears the storage, ends the session once, moves the visitor once and rejects every waiter', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const onSessionEnd = vi.fn<(reason: string) => void>()
  const router = memoryRouter()
  const { http, store } = await signIn(server, { storage, onSessionEnd }, (app) => app.use(router))
  await router.push('/orders/7?page=2#notes')
  const path = journey(router)
  server.expire()
  server.refusing = true

  const { errors } = await outcomes(times(20, (n) => http.get(`/items/${n}`)))

  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(20, () => 'ERR_AUTH_EXPIRED'))
  expect(errors.map((error) => (error as AxiosError<{ path: string }>).response?.data.path)).toEqual(
    times(20, (n) => `/items/${n}`),
  )
  expect(onSessionEnd.mock.calls).toEqual([['expired', { cause: expect.anything() }]])
  await vi.waitFor(() => expect(path).toHaveLength(1))
  expect(router.currentRoute.value).toMatchObject({
    path: '/login',
    query: { redirect: '/orders/7?page=2#notes' },
  })
  expect(store.status).toBe('expired')
  expect(storage.items.size).toBe(0)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('17. a token that is known to have run out and cannot be renewed ends the session without a request', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http, store } = await signIn(server)
  await store.setTokens({ access_token: 'AT-1-1', expires_in: 60 })
  clock.pass(61_000)

  const error = (await failure(http.get('/items/1'))) as AuthError

  expect(error).toMatchObject({ code: 'ERR_AUTH_EXPIRED', config: { url: '/items/1' } })
  expect(error.response).toBeUndefined()
  expect(server.arrivals).toEqual([])
  expect(store.status).toBe('expired')
})

test.each([408, 429, 500, 502, 503, 504])(
  '18. a token endpoint that answers %s costs no session, and the next need asks again',
  async (status) => {
    const clock = holdClock()
    const server = await startServer()
    const storage = new Shelf()
    const { http, store } = await signIn(server, { storage })
    server.expire()
    const isUnread = status === 429 || status === 503
    server.faults.push(...times(isUnread ? 3 : 1, () => ({ status })))

    const error = (await failure(http.get('/items/1'))) as AuthError
    expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH', cause: expect.objectContaining({ status }) })
    expect(error.response).toBeUndefined()
    expect(store.isAuthenticated).toBe(true)
    expect(storage.content).toContain('RT-1-1')
    expect(server.to('/auth/refresh')).toHaveLength(isUnread ? 3 : 1)

    clock.pass(1_000)
    expect((await http.get('/items/2')).status).toBe(200)
    expect(server.to('/auth/refresh')).toHaveLength(isUnread ? 4 : 2)
    expect(server.reuses).toBe(0)
  },
)

test.each([408, 429, 500, 502, 503, 504])(
  '18. a %s with a Retry-After of a minute: nobody asks before its time',
  async (status) => {
    const clock = holdClock()
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    server.faults.push({ status, headers: { 'retry-after': '60' } })

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    clock.pass(59_900)
    expect(await failure(http.get('/items/2'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(await failure(store.refresh())).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(server.to('/auth/refresh')).toHaveLength(1)

    clock.pass(15_200) // by chance up to a quarter longer
    expect((await http.get('/items/3')).status).toBe(200)
    expect(server.to('/auth/refresh')).toHaveLength(2)
  },
)

test('18. a Retry-After that is a date counts from the clock of the server, not from that of the device', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http } = await signIn(server)
  server.expire()
  const elsewhere = Date.now() + 3 * 3_600_000
  const date = (ms: number) => new Date(elsewhere + ms).toUTCString()
  server.faults.push({ status: 503, headers: { date: date(0), 'retry-after': date(30_000) } })

  expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
  clock.pass(29_000)
  await failure(http.get('/items/2'))
  expect(server.to('/auth/refresh')).toHaveLength(1)

  clock.pass(2_000)
  expect((await http.get('/items/3')).status).toBe(200)
})

test('18. a short Retry-After is waited for within the same refresh', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  server.expire()
  server.faults.push({ status: 429, headers: { 'retry-after': '1' } })

  expect((await http.get('/items/1')).status).toBe(200)

  const [first, second] = server.to('/auth/refresh')
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(995)
  expect(server.to('/auth/refresh')).toHaveLength(2)
})

test('19. a server that cannot be reached costs no session, and once it is back one refresh serves all', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http, store } = await signIn(server)
  await store.setTokens({ ...server.grant(), expires_in: 60 })
  server.expire()
  clock.pass(61_000)
  await server.stop()

  const { errors } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(5, () => 'ERR_AUTH_REFRESH'))
  expect(store.isAuthenticated).toBe(true)

  await server.start()
  clock.pass(1_000)
  const { values } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
  expect(statuses(values)).toEqual(times(5, () => 200))
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('19. a server that comes back between two attempts costs nobody anything', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http, store } = await signIn(server)
  await store.setTokens({ ...server.grant(), expires_in: 60 })
  server.expire()
  clock.pass(61_000)
  await server.stop()
  vi.mocked(Math.random).mockReturnValue(0.9)

  const answer = http.get('/items/1')
  await server.start()

  expect((await answer).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

describe('20. the server rotates and its answer is lost', () => {
  test.each<[string, RefreshFault]>([
    ['a dropped connection', 'drop-after'],
    ['no answer at all', 'hang-after'],
    ['a page', { rotated: '<!doctype html><h1>Welcome</h1>', contentType: 'text/html' }],
    ['an empty body', { rotated: '' }],
    ['half of the body', { rotated: '{"access_token":"AT-1-2","refresh_to' }],
    ['a gateway error', { rotated: 'Bad Gateway', contentType: 'text/plain', status: 502 }],
    ['a gateway timeout', { rotated: '', status: 504 }],
  ])(
    'by %s: the refresh token is not sent again by itself, and the session is kept',
    async (_name, fault) => {
      const clock = holdClock()
      const server = await startServer()
      const { http, store } = await signIn(server, { refreshTimeout: 300 })
      server.expire()
      server.faults.push(fault)

      const { errors } = await outcomes(times(10, (n) => http.get(`/items/${n}`)))
      expect(errors.map((error) => (error as AuthError).code)).toEqual(times(10, () => 'ERR_AUTH_REFRESH'))
      clock.pass(900)
      expect(await failure(http.get('/items/x'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
      expect(presented(server)).toEqual(['RT-1-1'])
      expect(store.isAuthenticated).toBe(true)

      // The next need may try once more; its refusal is the end, and nothing follows.
      clock.pass(200)
      expect(await failure(http.get('/items/y'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
      expect(presented(server)).toEqual(['RT-1-1', 'RT-1-1'])
      expect(store.status).toBe('expired')
      expect(server.wantonReuses).toBe(0)
    },
  )

  test('before it read the token: the next need brings the session back', async () => {
    const clock = holdClock()
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    server.faults.push('drop-before')

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    clock.pass(1_000)
    expect((await http.get('/items/2')).status).toBe(200)
    expect(server.reuses).toBe(0)
  })
})

test('21. a refresh refused ahead of time leaves the token in use until its end, and then ends the session', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 200 }
  const onSessionEnd = vi.fn<(reason: string) => void>()
  const router = memoryRouter()
  const { http, store } = await signIn(server, { leeway: 90, onSessionEnd }, (app) => app.use(router))
  await router.push('/orders/1')
  server.refusing = true
  clock.pass(130_000)

  for (const n of times(4, (index) => index)) {
    expect((await http.get(`/items/${n}`)).status).toBe(200)
    await vi.waitFor(() => expect(store.isRefreshing).toBe(false))
  }
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(store.isAuthenticated).toBe(true)
  expect(onSessionEnd).not.toHaveBeenCalled()

  clock.pass(71_000)
  expect(await failure(http.get('/items/late'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  expect(server.to('/items/late')).toHaveLength(0)
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(onSessionEnd.mock.calls).toEqual([['expired', { cause: expect.anything() }]])
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/login?redirect=/orders/1'))
})

describe('22. an answer with status 200', () => {
  test.each<[string, string, string?]>([
    ['that is a page', '<html><body>Sign in</body></html>', 'text/html'],
    ['that is empty', ''],
    ['that is an empty object', '{}'],
    ['that is null', 'null'],
    ['that is a list', '[]'],
    ['that is a number', '42'],
    ['that is a string', '"AT-1-2"'],
    ['whose token is a number', '{"access_token":42}'],
    ['whose token is null', '{"access_token":null}'],
    ['whose token is an object', '{"access_token":{"value":"AT-1-2"}}'],
    ['whose token is empty', '{"access_token":""}'],
    ['whose token holds a line break', '{"access_token":"AT-1-2\\r\\nX-Evil: 1"}'],
    ['whose token holds a space', '{"access_token":"AT 1 2"}'],
    ['whose token is not ASCII', '{"access_token":"AT-1-2\u00e9"}'],
    ['whose refresh token is a number', '{"access_token":"AT-1-2","refresh_token":7}'],
    ['whose token type holds a line break', '{"access_token":"AT-1-2","token_type":"Bearer\\r\\nX-Evil: 1"}'],
    ['whose token type is a number', '{"access_token":"AT-1-2","token_type":7}'],
    ['that is an error in disguise', '{"error":"invalid_grant"}'],
  ])(
    '%s is a failed refresh with a type, and no request goes out with it',
    async (_name, body, contentType) => {
      const server = await startServer()
      const { http, store } = await signIn(server)
      server.expire()
      server.faults.push({ status: 200, body, headers: contentType ? { 'content-type': contentType } : {} })

      expect(await failure(http.get('/items/1'))).toMatchObject({
        code: 'ERR_AUTH_REFRESH',
        cause: { code: 'ERR_BAD_RESPONSE' },
      })

      expect(server.to('/items').map(({ authorization }) => authorization)).toEqual(['Bearer AT-1-1'])
      expect(store.isAuthenticated).toBe(true)
      expect(store.accessToken).toBe('AT-1-1')
    },
  )

  test.each([
    '"3600"',
    '-1',
    '"NaN"',
    '1e12',
    '1e400',
    '0',
    '0.001',
    'null',
    '"soon"',
    '{}',
    '[]',
    'true',
    '""',
  ])('with expires_in %s serves, at the cost of one refresh', async (expiresIn) => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    const tokens = '"access_token":"AT-1-2","refresh_token":"RT-1-2"'
    server.faults.push({ rotated: `{${tokens},"expires_in":${expiresIn}}` })

    expect((await http.get('/items/1')).status).toBe(200)

    // Shorter than the way there: at most one more for each need.
    const needs = expiresIn === '0.001' ? 4 : 1
    for (const n of [2, 3, 4]) expect((await http.get(`/items/${n}`)).status).toBe(200)
    expect(server.to('/auth/refresh').length).toBeLessThanOrEqual(needs)
    expect(server.reuses).toBe(0)
    const { expiresAt } = store
    expect(expiresAt === null || !Number.isNaN(new Date(expiresAt).getTime())).toBe(true)
  })

  test('with expires_in "3600" means an hour', async () => {
    holdClock()
    const server = await startServer()
    const { store } = await signIn(server)
    server.extra = { expires_in: '3600' }

    await store.refresh()

    expect(store.expiresAt).toBe(Date.now() + 3_600_000)
  })
})

test('23. a reply without a refresh token keeps the old one for the next refresh', async () => {
  const server = await startServer()
  server.rotates = false
  const { http } = await signIn(server)

  server.expire()
  await http.get('/items/1')
  server.expire()
  await http.get('/items/2')

  expect(presented(server)).toEqual(['RT-1-1', 'RT-1-1'])
  expect(server.to('/items/2').at(-1)?.authorization).toBe('Bearer AT-1-3')
})
