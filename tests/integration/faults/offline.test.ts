// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import type { AuthError } from '../../../src/index.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** What the browser says of its network from now on, and when it changes its mind. */
function network(): { back(): void } {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  return {
    back() {
      onLine.mockReturnValue(true)
      window.dispatchEvent(new Event('online'))
    },
  }
}

test('19. requests made while the browser is offline wait for it, and then share exactly one refresh', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server, { axios: { adapter: 'http' } })
  server.expire()
  const { back } = network()

  const waiting = outcomes(times(5, (n) => http.get(`/items/${n}`)))
  await server.arrived('/items', 5)
  await vi.waitFor(() => expect(store.isRefreshing).toBe(true))
  expect(server.to('/auth/refresh')).toEqual([])
  back()

  expect(statuses((await waiting).values)).toEqual(times(5, () => 200))
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('19. a browser that stays offline fails the requests in time, and the first need afterwards asks at once', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server, { axios: { adapter: 'http' }, refreshTimeout: 250 })
  server.expire()
  const { back } = network()

  const { errors } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(5, () => 'ERR_AUTH_REFRESH'))
  expect(store.isAuthenticated).toBe(true)
  expect(server.to('/auth/refresh')).toEqual([])

  back()
  expect((await http.get('/items/x')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('19. a logout while the browser is offline ends the wait for it, and the event finds nobody', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server, { axios: { adapter: 'http' } })
  server.expire()
  const { back } = network()

  const request = failure(http.get('/items/1'))
  await vi.waitFor(() => expect(store.isRefreshing).toBe(true))
  const loggedOut = store.logout()

  expect(await request).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  back()
  await loggedOut
  expect(server.to('/auth/refresh')).toEqual([])
})
