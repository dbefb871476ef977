import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HOUR, holdClock } from '../../support/clock.ts'
import { jwt } from '../../support/jwt.ts'
import { expectNoRefresh } from '../../support/no-refresh.ts'
import { outcomes, statuses, times } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const refusals = (server: StrictServer): number =>
  server.to('/items').filter(({ status }) => status === 401).length

// A timer that is set too far ahead fires at once, and says so.
const warnings: string[] = []
const listen = ({ name }: Error) => void warnings.push(name)
beforeEach(() => {
  warnings.length = 0
  process.on('warning', listen)
})
afterEach(() => {
  process.off('warning', listen)
  expect(warnings).toEqual([])
})

describe.each([
  ['an hour ahead', HOUR],
  ['an hour behind', -HOUR],
])('45. a device whose clock is %s', (_name, offset) => {
  test.each(['expires_in', 'a JWT', 'both'])(
    'signs in with %s and sends its requests without a refresh',
    async (kind) => {
      const clock = holdClock()
      const server = await startServer()
      const issued = Math.floor((Date.now() - offset) / 1000)
      if (kind !== 'a JWT') server.extra = { expires_in: 300 }
      if (kind !== 'expires_in') server.mint = (sub) => jwt({ sub, iat: issued, exp: issued + 300 })
      const { http, store } = visit(server)
      await store.login({})

      for (let minute = 0; minute < 4; minute++) {
        const { values } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
        expect(statuses(values)).toEqual(times(5, () => 200))
        clock.pass(60_000)
      }

      expectNoRefresh(server, store)
      expect(refusals(server)).toBe(0)
      expect(store.expiresAt).toBe(Date.now() + HOUR / 60)
    },
  )

  test('is handed a JWT from elsewhere and pays at most one needless 401 or refresh', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.tolerant = true
    const issued = Math.floor((Date.now() - offset) / 1000)
    server.mint = (sub) => jwt({ sub, iat: issued, exp: issued + 300 })
    const { http, store } = visit(server)
    await store.setTokens(server.grant())

    for (let minute = 0; minute < 4; minute++) {
      const { values } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
      expect(statuses(values)).toEqual(times(5, () => 200))
      clock.pass(60_000)
    }

    expect(server.to('/auth/refresh').length + refusals(server)).toBeLessThanOrEqual(1)
  })

  test('finds its session after a reload and does not refresh it in a storm', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.extra = { expires_in: 300 }
    const storage = new Shelf()
    const before = await signIn(server, { storage })
    before.app.unmount()

    clock.pass(0)
    vi.setSystemTime(Date.now() + offset)
    const { http, store } = visit(server, { storage })
    await store.ready()
    expect(store.isAuthenticated).toBe(true)
    const { values } = await outcomes(times(10, (n) => http.get(`/items/${n}`)))

    expect(statuses(values)).toEqual(times(10, () => 200))
    expect(server.to('/auth/refresh').length + refusals(server)).toBeLessThanOrEqual(1)
  })
})

test('46. after a sleep of eight hours one refresh comes before the first request, and none is lost', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 300 }
  const { http } = await signIn(server)
  await http.get('/items/before')

  server.expire()
  clock.pass(8 * HOUR)
  const { values, errors } = await outcomes(times(12, (n) => http.get(`/items/${n}`)))

  expect(errors).toEqual([])
  expect(statuses(values)).toEqual(times(12, () => 200))
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(refusals(server)).toBe(0)
})

test('46. a request that slept through with its refresh pending is answered', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 300 }
  server.refreshDelay = 50
  const { http } = await signIn(server)
  server.expire()

  const request = http.get('/items/1')
  await server.arrived('/auth/refresh')
  clock.pass(8 * HOUR)

  expect((await request).status).toBe(200)
})

test('47. a token that serves for sixty days sets no timer, and is used for sixty days', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 60 * 24 * 3600 }
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const { http, store } = visit(server)
  await store.login({})
  const longest = Math.max(0, ...timers.mock.calls.map(([, ms = 0]) => ms))
  timers.mockRestore()

  expect(longest).toBeLessThan(2 ** 31)
  clock.pass(59 * 24 * HOUR)
  expect((await http.get('/items/1')).status).toBe(200)
  expectNoRefresh(server, store)
  clock.pass(2 * 24 * HOUR)
  expect((await http.get('/items/2')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('48. a token that serves for a second costs at most one refresh for each need, and none while idle', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 1 }
  const { http, store } = visit(server)
  await store.login({})

  expect((await http.get('/items/0')).status).toBe(200)
  expectNoRefresh(server, store)
  clock.pass(60_000)
  expectNoRefresh(server, store)

  for (const n of [1, 2, 3]) {
    const { values } = await outcomes(times(4, (m) => http.get(`/items/${n}-${m}`)))
    expect(statuses(values)).toEqual([200, 200, 200, 200])
    expect(server.to('/auth/refresh')).toHaveLength(n)
    clock.pass(60_000)
  }
  expect(server.reuses).toBe(0)
})

test.each([0, -300, '0'])('48. a token that serves for %j seconds is no loop', async (expiresIn) => {
  const server = await startServer()
  server.extra = { expires_in: expiresIn }
  const { http, store } = visit(server)
  await store.login({})

  const { values } = await outcomes(times(8, (n) => http.get(`/items/${n}`)))

  expect(statuses(values)).toEqual(times(8, () => 200))
  expect(server.to('/auth/refresh').length).toBeLessThanOrEqual(1)
})

test('49. an opaque token without an end is used until a 401 says otherwise', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http, store } = visit(server)
  await store.login({})
  expect(store.expiresAt).toBeNull()

  clock.pass(30 * 24 * HOUR)
  expect((await http.get('/items/1')).status).toBe(200)
  expectNoRefresh(server, store)
  server.expire()
  expect((await http.get('/items/2')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

describe('inside the leeway', () => {
  test('nobody waits: requests go out with the token they have, and one refresh runs beside', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.tolerant = true
    server.extra = { expires_in: 300 }
    const refreshing = Promise.withResolvers<void>()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.promise : undefined)
    const { http, store } = await signIn(server)
    clock.pass(271_000)

    const { values } = await outcomes(times(10, (n) => http.get(`/items/${n}`)))

    expect(statuses(values)).toEqual(times(10, () => 200))
    expect(new Set(server.to('/items').map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer AT-1-1']),
    )
    await server.arrived('/auth/refresh')
    refreshing.resolve()
    await vi.waitFor(() => expect(store.accessToken).toBe('AT-1-2'))
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('is never more than half of what the token serves', async () => {
    const clock = holdClock()
    const server = await startServer()
    server.tolerant = true
    server.extra = { expires_in: 20 }
    const { http, store } = await signIn(server, { leeway: 30 })

    clock.pass(9_900)
    await http.get('/items/1')
    expectNoRefresh(server, store)
    clock.pass(200)
    await http.get('/items/2')
    await server.arrived('/auth/refresh')
  })
})
