import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AuthError } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import type { RefreshFault, StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer } from '../../support/world.ts'

const presented = (server: StrictServer): string[] =>
  server.to('/auth/refresh').map(({ body }) => JSON.parse(body.toString()).refresh_token)

/** How long the server waited for each further attempt, in ms. */
const waits = (server: StrictServer): number[] =>
  server
    .to('/auth/refresh')
    .map(({ at }, index, all) => at - (all[index - 1]?.at ?? at))
    .slice(1)

describe('rule 6: a refresh that the server turned away unread', () => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(0.1)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each([429, 503])('by %s is sent again, twice at the most', async (status) => {
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    server.faults.push({ status }, { status })

    expect((await http.get('/items/1')).status).toBe(200)
    expect(presented(server)).toEqual(['RT-1-1', 'RT-1-1', 'RT-1-1'])
    expect(server.reuses).toBe(0)

    server.expire()
    server.faults.push({ status }, { status }, { status }, { status })
    expect(await failure(http.get('/items/2'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(server.to('/auth/refresh')).toHaveLength(6)
  })

  test('backs off from 300 ms, doubling, with full jitter', async () => {
    vi.mocked(Math.random).mockReturnValue(0.99)
    const server = await startServer()
    const { store } = await signIn(server)
    server.faults.push({ status: 503 }, { status: 503 })

    await store.refresh()

    const [first, second] = waits(server)
    expect(first).toBeGreaterThanOrEqual(295)
    expect(first).toBeLessThan(590)
    expect(second).toBeGreaterThanOrEqual(590)
    expect(second).toBeLessThan(1_180)
  })

  test('may be sent again at once where the dice say so', async () => {
    vi.mocked(Math.random).mockReturnValue(0)
    const server = await startServer()
    const { store } = await signIn(server)
    server.faults.push({ status: 503 }, { status: 503 })

    const began = performance.now()
    await store.refresh()

    expect(performance.now() - began).toBeLessThan(600)
  })

  test.each<[string, (now: number) => Record<string, string>]>([
    ['of a second', () => ({ 'retry-after': '1' })],
    ['of a second in another spelling', () => ({ 'Retry-After': ' 1 ' })],
    [
      'that is a date two seconds ahead',
      (now) => ({
        date: new Date(now).toUTCString(),
        'retry-after': new Date(now + 2_000).toUTCString(),
      }),
    ],
  ])('with a Retry-After %s is sent again then, and not before', async (_name, headersAt) => {
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    const headers = headersAt(Date.now())
    server.faults.push({ status: 503, headers })

    expect((await http.get('/items/1')).status).toBe(200)

    expect(waits(server)[0]).toBeGreaterThanOrEqual(headers['retry-after']?.includes('GMT') ? 1_990 : 990)
    expect(waits(server)[0]).toBeLessThan(3_500)
  })

  test.each(['soon', '-1', '', '1.5', 'Thu, 01 Jan 1970 00:00:00 GMT', '0'])(
    'with a Retry-After of %j, which says nothing, backs off as usual',
    async (value) => {
      const server = await startServer()
      const { http } = await signIn(server)
      server.expire()
      server.faults.push({ status: 503, headers: { 'retry-after': value } })

      expect((await http.get('/items/1')).status).toBe(200)
      expect(waits(server)[0]).toBeLessThan(900)
    },
  )

  test.each(['6', '3600'])(
    'with a Retry-After of %s s is given up on, and left alone for that time, and up to a quarter of it longer',
    async (value) => {
      const clock = holdClock()
      const server = await startServer()
      const { http } = await signIn(server)
      server.expire()
      server.faults.push({ status: 503, headers: { 'retry-after': value } })

      expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
      clock.pass(Number(value) * 1_000 - 100)
      expect(await failure(http.get('/items/2'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
      expect(server.to('/auth/refresh')).toHaveLength(1)
      clock.pass(Number(value) * 250 + 200)
      expect((await http.get('/items/3')).status).toBe(200)
    },
  )
})

describe('rule 6: a refresh whose outcome nobody knows', () => {
  test.each<[string, RefreshFault, sent?: boolean]>([
    ['that times out', 'hang'],
    ['whose connection drops', 'drop-before'],
    ['that meets a 408', { status: 408 }],
    ['that meets a 500', { status: 500 }],
    ['that meets a 502', { status: 502 }],
    ['that meets a 504', { status: 504 }],
    ['that meets a page', { status: 200, body: '<html></html>', headers: { 'content-type': 'text/html' } }],
    ['that meets nothing', { status: 200, body: '' }],
    ['that meets a 204', { status: 204 }],
    ['that meets half of the JSON', { status: 200, body: '{"access_tok' }],
    ['that is sent to a login page', { status: 302, headers: { location: '/page/login' } }],
  ])('%s is not sent again by itself; the next need after a second tries once more', async (_name, fault) => {
    const clock = holdClock()
    const server = await startServer()
    const { http, store } = await signIn(server, { refreshTimeout: 300 })
    server.expire()
    server.faults.push(fault)

    const { errors } = await outcomes(times(20, (n) => http.get(`/items/${n}`)))
    expect(errors.map((error) => (error as AuthError).code)).toEqual(times(20, () => 'ERR_AUTH_REFRESH'))
    expect(presented(server)).toEqual(['RT-1-1'])
    expect(store.isAuthenticated).toBe(true)

    clock.pass(999)
    expect(await failure(store.refresh())).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(presented(server)).toEqual(['RT-1-1'])

    clock.pass(1)
    expect((await http.get('/items/later')).status).toBe(200)
    expect(presented(server)).toEqual(['RT-1-1', 'RT-1-1'])
    expect(server.reuses).toBe(0)
  })

  test('whose reply was lost with the new pair: the next need is refused, and that is the end', async () => {
    const clock = holdClock()
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    server.faults.push('drop-after')

    expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    clock.pass(1_000)
    expect(await failure(http.get('/items/2'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
    await outcomes([http.get('/items/3')])

    expect(presented(server)).toEqual(['RT-1-1', 'RT-1-1'])
    expect([server.reuses, server.wantonReuses]).toEqual([1, 0])
  })

  test('finding 4: that is answered after the timeout is taken: who waited is told, nobody asks again', async () => {
    const server = await startServer()
    server.refreshDelay = 450
    const { http, store } = await signIn(server, { refreshTimeout: 300 })
    server.expire()

    expect(await failure(store.refresh())).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect((await http.get('/items/1')).status).toBe(200)
    expect(store.accessToken).toBe('AT-1-2')
    expect(presented(server)).toEqual(['RT-1-1'])
    expect(server.reuses).toBe(0)
  })
})

describe('rule 6: a failure is shared for a second', () => {
  test('by the requests of a whole page', async () => {
    const server = await startServer()
    server.delay = (path) => (path.startsWith('/items') ? (Number(path.split('/')[2]) % 10) * 30 : 0)
    const { http } = await signIn(server)
    server.expire()
    server.faults.push({ status: 500 })

    const { errors } = await outcomes(times(100, (n) => http.get(`/items/${n}`)))

    expect(errors).toHaveLength(100)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('but each gets an error of its own', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    server.faults.push({ status: 500 })

    const { errors } = await outcomes(times(3, (n) => http.get(`/items/${n}`)))

    expect(new Set(errors).size).toBe(3)
    expect(errors.map((error) => (error as AuthError).config?.url)).toEqual(times(3, (n) => `/items/${n}`))
  })

  test('and forgotten with the session', async () => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    server.expire()
    server.faults.push({ status: 500 })
    await failure(http.get('/items/1'))

    await store.login({})
    server.expire()

    expect((await http.get('/items/2')).status).toBe(200)
  })
})

test('refresh() without a session rejects, and nothing else happens', async () => {
  const server = await startServer()
  const { store } = await signIn(server)
  await store.logout()
  const before = server.arrivals.length

  expect(await failure(store.refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

  expect(server.arrivals).toHaveLength(before)
  expect(store.status).toBe('anonymous')
})

test('refresh() by many callers is one request with one result', async () => {
  const server = await startServer()
  const { store } = await signIn(server)

  const all = await Promise.all(times(50, () => store.refresh()))

  expect(new Set(all.map((tokens) => tokens?.accessToken))).toEqual(new Set(['AT-1-2']))
  expect(server.to('/auth/refresh')).toHaveLength(1)
})
