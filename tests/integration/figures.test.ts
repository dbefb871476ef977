import type { AxiosError } from 'axios'
import { expect, test, vi } from 'vitest'
import type { AuthAxiosOptions } from '../../src/index.ts'
import { outcomes, statuses, times } from '../support/outcomes.ts'
import { journey, memoryRouter } from '../support/routes.ts'
import type { StrictServer } from '../support/strict-server.ts'
import { signIn, startServer } from '../support/world.ts'

const ANSWERS: Array<[string, (server: StrictServer) => void]> = [
  ['together', () => {}],
  [
    'spread over 200 ms',
    (server) => {
      server.delay = (path) => 2 * Number(path.split('/').at(-1))
    },
  ],
]

test.each(ANSWERS)(
  'a hundred requests with a dead token, answered %s: all succeed, for one refresh and no reuse',
  async (_name, spread) => {
    const server = await startServer()
    spread(server)
    const { http } = await signIn(server)
    server.expire()

    const { values, errors } = await outcomes(times(100, (n) => http.get(`/items/${n}`)))

    expect(errors).toEqual([])
    expect(values.map(({ data }) => data.path)).toEqual(times(100, (n) => `/items/${n}`))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect([server.refreshes, server.reuses]).toEqual([1, 0])
    expect(server.to('/items')).toHaveLength(200)
  },
)

test.each(ANSWERS)(
  'a refresh that meets a 503 once, answers %s: all hundred succeed, for two requests of the refresh',
  async (_name, spread) => {
    const server = await startServer()
    spread(server)
    const { http } = await signIn(server)
    server.expire()
    server.faults.push({ status: 503 })

    const { values, errors } = await outcomes(times(100, (n) => http.get(`/items/${n}`)))

    expect(errors).toEqual([])
    expect(statuses(values)).toEqual(times(100, () => 200))
    expect(server.to('/auth/refresh').map(({ status }) => status)).toEqual([503, 200])
    expect([server.refreshes, server.reuses]).toEqual([1, 0])
  },
)

test.each(ANSWERS)(
  'a refresh that is refused, answers %s: a hundred typed rejections, each with its own 401, and one redirect',
  async (_name, spread) => {
    const server = await startServer()
    spread(server)
    const onSessionEnd = vi.fn<NonNullable<AuthAxiosOptions['onSessionEnd']>>()
    const router = memoryRouter()
    const { http, store } = await signIn(server, { onSessionEnd }, (app) => app.use(router))
    await router.push('/orders/7?page=2')
    const path = journey(router)
    server.expire()
    server.refusing = true

    const { errors } = await outcomes(times(100, (n) => http.get(`/items/${n}`)))

    expect(errors).toHaveLength(100)
    for (const [n, error] of (errors as Array<AxiosError<{ path: string }>>).entries()) {
      expect(error).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_EXPIRED' })
      expect(error.config?.url).toBe(`/items/${n}`)
      expect(error.response?.status).toBe(401)
      expect(error.response?.data.path).toBe(`/items/${n}`)
    }
    await vi.waitFor(() => expect(path).toHaveLength(1))
    expect(router.currentRoute.value).toMatchObject({
      path: '/login',
      query: { redirect: '/orders/7?page=2' },
    })
    expect(onSessionEnd.mock.calls).toEqual([['expired', { cause: expect.any(Error) }]])
    expect(store.status).toBe('expired')
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(server.to('/items')).toHaveLength(100)
  },
)
