import axios, { type AxiosRequestConfig } from 'axios'
import { expect, test } from 'vitest'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

/** The two ways to cancel a request, each with the way to do it. */
const ways: Record<string, () => { config: AxiosRequestConfig; cancel: () => void }> = {
  signal: () => {
    const controller = new AbortController()
    return { config: { signal: controller.signal }, cancel: () => controller.abort() }
  },
  cancelToken: () => {
    const source = axios.CancelToken.source()
    return { config: { cancelToken: source.token }, cancel: () => source.cancel('no longer needed') }
  },
}

test.each(Object.entries(ways))(
  '15. of three requests that wait for a refresh, the one cancelled by %s rejects at once and alone',
  async (_name, make) => {
    const server = await startServer()
    const refreshing = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
    const { http } = await signIn(server)
    server.expire()
    const { config, cancel } = make()

    const others = [http.get('/items/1'), http.get('/items/2')]
    const cancelled = failure(http.get('/items/3', config))
    await Promise.all([server.arrived('/auth/refresh'), server.arrived('/items', 3)])
    cancel()

    // At once: the refresh is still held back.
    expect(axios.isCancel(await cancelled)).toBe(true)
    refreshing.open()
    const { values, errors } = await outcomes(others)
    expect(errors).toEqual([])
    expect(statuses(values)).toEqual([200, 200])
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(server.to('/items/3')).toHaveLength(1)
  },
)

test('15. the one request whose 401 started the refresh may leave, and the refresh goes on for the next', async () => {
  const server = await startServer()
  const refreshing = gate()
  server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
  const { http, store } = await signIn(server)
  server.expire()
  const controller = new AbortController()

  const first = failure(http.get('/items/1', { signal: controller.signal }))
  await server.arrived('/auth/refresh')
  controller.abort()
  expect(axios.isCancel(await first)).toBe(true)
  expect(store.isRefreshing).toBe(true)
  const second = http.get('/items/2')
  refreshing.open()

  expect((await second).status).toBe(200)
  expect(server.to('/items/2').map(({ authorization }) => authorization)).toEqual(['Bearer AT-1-2'])
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('15. one signal for many waiting requests cancels all of them, and the refresh still counts', async () => {
  const server = await startServer()
  const refreshing = gate()
  server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
  const { http, store } = await signIn(server)
  server.expire()
  const controller = new AbortController()

  const all = outcomes(times(30, (n) => http.get(`/items/${n}`, { signal: controller.signal })))
  await server.arrived('/auth/refresh')
  controller.abort()

  const { errors } = await all
  expect(errors.map(axios.isCancel)).toEqual(times(30, () => true))
  refreshing.open()
  expect(await store.refresh()).toMatchObject({ accessToken: 'AT-1-2' })
})

test.each(Object.entries(ways))(
  '16. a request that is cancelled by %s beforehand sends nothing of any kind',
  async (_name, make) => {
    const server = await startServer()
    const { http } = await signIn(server)
    server.expire()
    const { config, cancel } = make()
    cancel()

    expect(axios.isCancel(await failure(http.get('/items/1', config)))).toBe(true)

    expect(server.arrivals).toEqual([])
  },
)

test('16. a request that is cancelled beforehand sends nothing either where its token has run out', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server)
  await store.setTokens({ accessToken: 'AT-1-1', refreshToken: 'RT-1-1', expiresAt: Date.now() - 1 })

  expect(axios.isCancel(await failure(http.get('/items/1', { signal: AbortSignal.abort() })))).toBe(true)

  expect(server.arrivals).toEqual([])
})
