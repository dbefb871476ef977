import axios from 'axios'
import { describe, expect, test, vi } from 'vitest'
import type { AuthError } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { gate } from '../../support/gate.ts'
import { listenersOf } from '../../support/listeners-of.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const authorizations = (server: StrictServer) => server.to('/items').map(({ authorization }) => authorization)

/** A session whose token has run out, as both sides know. */
async function runOut() {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 60 }
  const client = await signIn(server)
  server.expire()
  clock.pass(61_000)
  return { ...client, server, clock }
}

describe('rule 2', () => {
  test('a request whose token is known to have run out waits instead of being sent', async () => {
    const { http, server } = await runOut()
    const refreshing = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)

    const request = http.get('/items/1')
    await server.arrived('/auth/refresh')
    await http.get('/public', { withAuth: false })
    expect(server.to('/items')).toEqual([])
    refreshing.open()

    expect((await request).status).toBe(200)
    expect(authorizations(server)).toEqual(['Bearer AT-1-2'])
  })

  test('a request waits while a token that was refused is being refreshed', async () => {
    const server = await startServer()
    const refreshing = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
    const { http } = await signIn(server)
    server.expire()

    const first = http.get('/items/1')
    await server.arrived('/auth/refresh')
    const later = times(5, (n) => http.get(`/items/later/${n}`))
    await http.get('/public', { withAuth: false })
    expect(server.to('/items/later')).toEqual([])
    refreshing.open()

    expect(statuses(await Promise.all([first, ...later]))).toEqual(times(6, () => 200))
    expect(server.to('/items/later').map(({ authorization }) => authorization)).toEqual(
      times(5, () => 'Bearer AT-1-2'),
    )
  })

  test('a request does not wait for a refresh of a token that still serves', async () => {
    const server = await startServer()
    server.tolerant = true
    const refreshing = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
    const { http, store } = await signIn(server)

    const refresh = store.refresh()
    await server.arrived('/auth/refresh')
    expect((await http.get('/items/1')).status).toBe(200)

    expect(authorizations(server)).toEqual(['Bearer AT-1-1'])
    refreshing.open()
    await refresh
  })

  test('the wait does not count against the timeout of the request', async () => {
    const { http, server } = await runOut()
    server.refreshDelay = 700

    expect((await http.get('/items/1', { timeout: 400 })).status).toBe(200)
  })

  test('the wait between a 401 and its replay does not count either', async () => {
    const server = await startServer()
    server.refreshDelay = 700
    const { http } = await signIn(server)
    server.expire()

    expect((await http.get('/items/1', { timeout: 400 })).status).toBe(200)
  })

  test.each(['http', 'fetch'] as const)(
    'the timeout of a request still holds for its replay, with %s',
    async (adapter) => {
      const server = await startServer()
      server.hold = ({ authorization }) =>
        authorization === 'Bearer AT-1-2' ? new Promise(() => {}) : undefined
      const { http } = await signIn(server, { axios: { adapter } })
      server.expire()

      expect(await failure(http.get('/items/1', { timeout: 60 }))).toMatchObject({
        name: 'AxiosError',
        message: 'timeout of 60ms exceeded',
      })
    },
  )

  test('a refresh that fails while requests wait before being sent rejects each with its own request', async () => {
    const { http, server, store } = await runOut()
    server.faults.push({ status: 500 })

    const { errors } = await outcomes(times(4, (n) => http.get(`/items/${n}`)))

    expect(errors.map((error) => (error as AuthError).code)).toEqual(times(4, () => 'ERR_AUTH_REFRESH'))
    expect(errors.map((error) => (error as AuthError).config?.url)).toEqual(times(4, (n) => `/items/${n}`))
    expect(server.to('/items')).toEqual([])
    expect(store.isAuthenticated).toBe(true)
  })
})

describe('rule 5', () => {
  test.each(['before it is sent', 'after its 401'])(
    'a request that is aborted while it waits %s rejects at once with a CanceledError',
    async (when) => {
      const { http, server, store } = await runOut()
      if (when === 'after its 401') await store.setTokens({ ...server.grant(), expires_in: undefined })
      if (when === 'after its 401') server.expire()
      const refreshing = gate()
      server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
      const controller = new AbortController()

      const aborted = failure(http.get('/items/1', { signal: controller.signal }))
      const other = http.get('/items/2')
      await server.arrived('/auth/refresh')
      controller.abort()

      expect(await aborted).toBeInstanceOf(axios.CanceledError)
      expect(await aborted).toMatchObject({ code: 'ERR_CANCELED', config: { url: '/items/1' } })
      expect(store.isRefreshing).toBe(true)
      refreshing.open()
      expect((await other).status).toBe(200)
      expect(server.to('/auth/refresh')).toHaveLength(1)
    },
  )

  test('a cancelToken gives its own reason', async () => {
    const { http, server } = await runOut()
    server.hold = ({ path }) => (path === '/auth/refresh' ? new Promise(() => {}) : undefined)
    const source = axios.CancelToken.source()

    const cancelled = failure(http.get('/items/1', { cancelToken: source.token }))
    await server.arrived('/auth/refresh')
    source.cancel('the page was left')

    expect(await cancelled).toMatchObject({ code: 'ERR_CANCELED', message: 'the page was left' })
  })

  test('a request that is aborted before the stored session is read is not sent', async () => {
    const server = await startServer()
    const reading = gate()
    const { http, store } = await signIn(server)
    const storage = { getItem: () => reading.passed.then(() => null), setItem() {}, removeItem() {} }
    const other = visit(server, { storage })
    const controller = new AbortController()

    const aborted = failure(other.http.get('/items/1', { signal: controller.signal }))
    await http.get('/public')
    controller.abort()

    expect(axios.isCancel(await aborted)).toBe(true)
    expect(other.store.status).toBe('pending')
    reading.open()
    await other.store.ready()
    expect(server.to('/items')).toEqual([])
    expect(store.isAuthenticated).toBe(true)
  })

  test.each(['http', 'fetch'] as const)('a replay can be aborted as well, with %s', async (adapter) => {
    const server = await startServer()
    server.hold = ({ authorization }) =>
      authorization === 'Bearer AT-1-2' ? new Promise(() => {}) : undefined
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()
    const controller = new AbortController()

    const aborted = failure(http.get('/items/1', { signal: controller.signal }))
    await server.arrived('/items/1', 2)
    controller.abort()

    expect(axios.isCancel(await aborted)).toBe(true)
  })

  test('no listener stays on a signal that many requests shared', async () => {
    const { http, server } = await runOut()
    const controller = new AbortController()
    const listeners = listenersOf(controller.signal)

    await Promise.all(times(20, (n) => http.get(`/items/${n}`, { signal: controller.signal })))
    server.expire()
    await Promise.all(times(20, (n) => http.get(`/items/${n}`, { signal: controller.signal })))

    await vi.waitFor(() => expect(listeners.count).toBe(0))
  })
})

test('a login whose answer names an end that has passed is another clock’s: nobody waits, nothing is refreshed', async () => {
  const server = await startServer()
  server.extra = { expires_at: Date.now() - 60_000 }
  const { http, store } = visit(server)

  await store.login({}, { redirect: false })

  expect(store.expiresAt).toBeNull()
  expect((await http.get('/items/1')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(0)
})
