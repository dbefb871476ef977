import { createHook } from 'node:async_hooks'
import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { install } from '../../support/app.ts'
import { holdClock } from '../../support/clock.ts'
import { gate } from '../../support/gate.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { outcomes, times } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { type Client, signIn, startServer, visit } from '../../support/world.ts'

const TOGETHER = () => 0
const SPREAD = (path: string) => Number(path.split('/').at(-1)) % 200

/** Connections that are few and stay open, as those of a browser. */
function fewConnections(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  onTestFinished(() => agent.destroy())
  return agent
}

const sendAll = (http: Client['http'], requests: number) =>
  outcomes(times(requests, (n) => http.get(`/items/${n}`)))

const refused = (server: StrictServer) => server.to('/items').filter(({ status }) => status === 401)

describe('what goes over the wire', () => {
  test.each([
    [100, 'together', TOGETHER],
    [100, 'spread over 200 ms', SPREAD],
    [1_000, 'together', TOGETHER],
    [1_000, 'spread over 200 ms', SPREAD],
  ])(
    'a storm of %i requests, answered %s: each is sent twice, for one refresh',
    async (requests, _how, delay) => {
      const server = await startServer()
      server.delay = delay
      const { http } = await signIn(server, { axios: { httpAgent: fewConnections() } })
      server.expire()

      const { values, errors } = await sendAll(http, requests)

      expect(errors).toEqual([])
      expect(values.map(({ data }) => data.path)).toEqual(times(requests, (n) => `/items/${n}`))
      expect(server.arrivals).toHaveLength(requests + 1 + requests)
      expect(refused(server)).toHaveLength(requests)
      expect(server.to('/auth/refresh')).toHaveLength(1)
      expect([server.refreshes, server.reuses]).toEqual([1, 0])
    },
  )

  test.each([100, 1_000])(
    '%i requests with a token that is known to be dead: each is sent once',
    async (requests) => {
      const server = await startServer()
      const { http, store } = visit(server, { axios: { httpAgent: fewConnections() } })
      await store.ready()
      const { access_token: accessToken, refresh_token: refreshToken } = server.grant()
      server.expire()
      await store.setTokens({ accessToken, refreshToken, expiresAt: Date.now() - 1 })

      const { errors } = await sendAll(http, requests)

      expect(errors).toEqual([])
      expect(server.arrivals).toHaveLength(requests + 1)
      expect(refused(server)).toEqual([])
      expect(server.arrivals[0]?.path).toBe('/auth/refresh')
      expect([server.refreshes, server.reuses]).toEqual([1, 0])
    },
  )

  test('inside the leeway nobody waits: a thousand requests are answered before the refresh is', async () => {
    const server = await startServer()
    const clock = holdClock()
    const { passed, open } = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? passed : undefined)
    const { http, store } = visit(server, { axios: { httpAgent: fewConnections() } })
    await store.ready()
    const { access_token: accessToken, refresh_token: refreshToken } = server.grant()
    await store.setTokens({ accessToken, refreshToken, expiresAt: Date.now() + 60_000 })
    clock.pass(40_000)
    // The server has renewed the session by then, and lets both tokens in.
    server.tolerant = true

    const { errors } = await sendAll(http, 1_000)

    expect(errors).toEqual([])
    expect(server.to('/items')).toHaveLength(1_000)
    expect(refused(server)).toEqual([])
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(store.accessToken).toBe(accessToken)
    open()
    await vi.waitFor(() => expect(store.accessToken).toBe('AT-1-2'))
  })
})

/** What a storm has made the library do. */
interface Work {
  requests: number
  sent: number
  timers: number
  listeners: number
  storage: number
  promises: number
}

/** Lets so many requests meet a dead token, in memory, and counts. */
async function workOf(requests: number, goesByClock: boolean): Promise<Work> {
  const { adapter, sent } = recordingAdapter(({ url, headers }) => {
    if (url === '/auth/refresh') return { data: { access_token: 'fresh', refresh_token: 'next' } }
    return { status: headers.get('Authorization') === 'Bearer fresh' ? 200 : 401 }
  })
  const storage = new MemoryStorage()
  const { app, auth, store } = install({ axios: { baseURL: 'http://api.example.com', adapter }, storage })
  await store.ready()
  const expiresAt = Date.now() + (goesByClock ? -1 : 3_600_000)
  await store.setTokens({ accessToken: 'stale', refreshToken: 'first', expiresAt })

  const timers = vi.spyOn(globalThis, 'setTimeout')
  const listeners = vi.spyOn(EventTarget.prototype, 'addEventListener')
  const before = storage.operations.length
  let promises = 0
  const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && promises++) }).enable()
  const { errors } = await sendAll(auth.http, requests)
  hook.disable()
  const work = {
    requests,
    sent: sent.length,
    timers: timers.mock.calls.length,
    listeners: listeners.mock.calls.length,
    storage: storage.operations.length - before,
    promises,
  }
  timers.mockRestore()
  listeners.mockRestore()
  app.unmount()
  expect(errors).toEqual([])
  return work
}

describe('how the work grows with the number of requests', () => {
  test.each([
    ['a storm', false, 2],
    ['a known expiry', true, 1],
  ])('%s: in proportion to it, and what is done once is done once', async (_name, goesByClock, sendings) => {
    const few = await workOf(100, goesByClock)
    const some = await workOf(1_000, goesByClock)
    const many = await workOf(2_000, goesByClock)

    for (const { requests, sent } of [few, some, many]) expect(sent).toBe(sendings * requests + 1)
    expect(many).toMatchObject({ timers: few.timers, listeners: few.listeners, storage: few.storage })
    const perRequest = (more: Work, less: Work) =>
      (more.promises - less.promises) / (more.requests - less.requests)
    expect(perRequest(many, some)).toBe(perRequest(some, few))
  })
})
