import { AxiosError } from 'axios'
// @vitest-environment happy-dom
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { type AuthBackend, type AuthError, httpBackend } from '../../../src/index.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const offline = () => vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)

/** A backend whose refresh is lost on the way out, as in a browser without a network. */
function cutOff() {
  const backend = httpBackend()
  const state = { attempts: 0, isCut: true }
  const refresh: AuthBackend['refresh'] = async (tokens, context) => {
    state.attempts++
    if (state.isCut) throw new AxiosError('Network Error', AxiosError.ERR_NETWORK)
    return backend.refresh(tokens, context)
  }
  return { state, backend: { ...backend, refresh } }
}

test('finding 27: a browser that says it is offline is not believed: one refresh is made at once', async () => {
  const server = await startServer()
  const { http } = await signIn(server, { axios: { adapter: 'http' } })
  server.expire()
  offline()

  const { values } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))

  expect(statuses(values)).toEqual(times(5, () => 200))
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('19. a refresh that was never sent is tried three times, and once more at the next need when the network is back', async () => {
  const server = await startServer()
  const { backend, state } = cutOff()
  const { http, store } = await signIn(server, { axios: { adapter: 'http' }, backend })
  server.expire()
  offline()

  const { errors } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))
  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(5, () => 'ERR_AUTH_REFRESH'))
  expect([state.attempts, store.isAuthenticated]).toEqual([3, true])
  expect(server.to('/auth/refresh')).toEqual([])

  state.isCut = false
  await new Promise((resolve) => setTimeout(resolve, 1_100)) // the failure is shared for a second
  expect((await http.get('/items/x')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('19. a logout between two attempts ends them', async () => {
  const server = await startServer()
  const { backend, state } = cutOff()
  const { http, store } = await signIn(server, { axios: { adapter: 'http' }, backend })
  server.expire()
  offline()
  // The longest pause before the second attempt: the logout is to come into it.
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.99)
  onTestFinished(() => chance.mockRestore())

  const request = failure(http.get('/items/1'))
  await vi.waitFor(() => expect(state.attempts).toBe(1), { interval: 5 })
  const loggedOut = store.logout()

  expect(await request).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  await loggedOut
  expect(state.attempts).toBe(1)
})
