import { describe, expect, test, vi } from 'vitest'
import type { AuthError, AuthStorage } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { settled } from '../../support/fake-time.ts'
import { type Gate, gate } from '../../support/gate.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { journey, memoryRouter } from '../../support/routes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { turns } from '../../support/turns.ts'
import { Wire } from '../../support/wire.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

/** Lets no refresh be answered before the gate is opened; the server has read and rotated by then. */
function holdRefreshes(server: StrictServer): Gate {
  const refreshing = gate()
  server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
  return refreshing
}

const codes = (errors: unknown[]) => errors.map((error) => (error as AuthError).code)

test('24. a refresh that ends after the logout leaves nothing behind and is handed back to the server', async () => {
  const server = await startServer()
  const refreshing = holdRefreshes(server)
  const storage = new Shelf()
  const { store } = await signIn(server, { storage })

  const refresh = failure(store.refresh())
  await server.arrived('/auth/refresh')
  const loggedOut = store.logout()
  expect(await refresh).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  refreshing.open()
  await loggedOut

  expect(store.tokens).toBeNull()
  expect(store.status).toBe('anonymous')
  expect(storage.items.size).toBe(0)
  expect(server.to('/auth/logout').map(({ body }) => JSON.parse(body.toString()))).toEqual([
    { refresh_token: 'RT-1-2' },
  ])
})

test('24. a logout stops the attempts of a refresh that is being retried', async () => {
  const server = await startServer()
  const { store } = await signIn(server)
  server.faults.push(...times(9, () => ({ status: 503, headers: { 'retry-after': '4' } })))

  const refresh = failure(store.refresh())
  await server.arrived('/auth/refresh')
  await vi.waitFor(() => expect(server.to('/auth/refresh')[0]?.status).toBe(503))
  const began = performance.now()
  await store.logout()

  expect(await refresh).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  expect(performance.now() - began).toBeLessThan(3_000)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('25. a logout before the new pair is written leaves the storage empty', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const writing = gate()
  const { store } = await signIn(server, { storage })
  storage.before = (operation) => (operation === 'setItem' ? writing.passed : undefined)

  await store.refresh()
  expect(storage.written.at(-1)).toContain('RT-1-2')
  const loggedOut = store.logout()
  writing.open()
  await loggedOut

  await vi.waitFor(() => expect(storage.items.size).toBe(0))
  await visit(server, { storage }).store.ready()
  expect(storage.items.size).toBe(0)
})

test('25. a logout leaves the storage empty too where the app is gone before the slow write has ended', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const writing = gate()
  const { app, store } = await signIn(server, { storage })
  storage.before = (operation) => (operation === 'setItem' ? writing.passed : undefined)

  await store.refresh()
  await store.logout()
  app.unmount()
  writing.open()

  await vi.waitFor(() => expect(storage.items.size).toBe(0))
})

test('26. a refresh of the first user cannot touch the second', async () => {
  const server = await startServer()
  const refreshing = holdRefreshes(server)
  const storage = new Shelf()
  const { http, store } = await signIn(server, { storage })

  const refresh = failure(store.refresh())
  await server.arrived('/auth/refresh')
  const loggedOut = store.logout()
  await store.login({ username: 'second' })
  refreshing.open()
  await Promise.all([refresh, loggedOut])
  await http.get('/items/1')

  expect(store.tokens).toMatchObject({ accessToken: 'AT-2-1', refreshToken: 'RT-2-1' })
  expect(storage.content).toContain('RT-2-1')
  expect(storage.content).not.toContain('RT-1-')
  expect(server.to('/items').map(({ authorization }) => authorization)).toEqual(['Bearer AT-2-1'])
  expect(server.isAlive('RT-2-1')).toBe(true)
})

test('26. a login over a session whose refresh is pending: the old pair is dropped, the new one stays', async () => {
  const server = await startServer()
  const refreshing = holdRefreshes(server)
  const storage = new Shelf()
  const onSessionEnd = vi.fn<(reason: string) => void>()
  const { http, store } = await signIn(server, { storage, onSessionEnd })
  server.expire()

  const waiting = outcomes(times(3, (n) => http.get(`/items/${n}`)))
  await Promise.all([server.arrived('/auth/refresh'), server.arrived('/items', 3)])
  await store.login({ username: 'second' })
  refreshing.open()

  expect(codes((await waiting).errors)).toEqual(times(3, () => 'ERR_AUTH_SESSION_CHANGED'))
  expect(server.to('/items')).toHaveLength(3)
  expect(store.accessToken).toBe('AT-2-1')
  expect(storage.content).not.toContain('RT-1-')
  expect(onSessionEnd.mock.calls).toEqual([['replaced', {}]])
})

test.each(['login', 'setTokens', 'logout'] as const)(
  '26. a refresh of the first user that is refused after the %s ends nothing more',
  async (how) => {
    const server = await startServer()
    const refreshing = holdRefreshes(server)
    const storage = new Shelf()
    const onSessionEnd = vi.fn<(reason: string) => void>()
    const { http, store } = await signIn(server, { storage, onSessionEnd })
    server.expire()
    server.refusing = true

    const waiting = outcomes(times(3, (n) => http.get(`/items/${n}`)))
    await server.arrived('/auth/refresh')
    const acts = {
      login: () => store.login({}),
      setTokens: () => store.setTokens(server.grant()),
      logout: () => store.logout(),
    }
    const acted = acts[how]()
    expect(codes((await waiting).errors)).toEqual(times(3, () => 'ERR_AUTH_SESSION_CHANGED'))
    if (how !== 'logout') await acted
    refreshing.open()
    await acted
    await vi.waitFor(() => expect(server.to('/auth/refresh')[0]?.status).toBe(400))
    // The refusal has come back by the time that another answer has.
    await http.get('/public')
    await settled()

    expect(store.status).toBe(how === 'logout' ? 'anonymous' : 'authenticated')
    expect(store.accessToken).toBe(how === 'logout' ? null : 'AT-2-1')
    expect(onSessionEnd.mock.calls).toEqual([[how === 'logout' ? 'logout' : 'replaced', {}]])
    expect(storage.content).not.toContain('RT-1-')
    expect(storage.items.size).toBe(how === 'logout' ? 0 : 1)
  },
)

test.each(['login', 'setTokens'] as const)(
  '26. a request of the first user whose 401 arrives after the %s of the second is not sent as the second',
  async (how) => {
    const server = await startServer()
    const late = gate()
    server.hold = ({ path }) => (path === '/items/1' ? late.passed : undefined)
    const { http, store } = await signIn(server)
    server.expire()

    const request = failure(http.post('/items/1', { owner: 'first' }))
    await server.arrived('/items/1')
    await (how === 'login' ? store.login({}) : store.setTokens(server.grant()))
    late.open()

    const error = (await request) as AuthError
    expect(error).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED', config: { url: '/items/1' } })
    expect(error.response).toBeUndefined()
    expect(server.to('/items')).toHaveLength(1)
    expect(server.to('/auth/refresh')).toHaveLength(0)
  },
)

test('26. a request that went out before the logout still gets the answer it was given', async () => {
  const server = await startServer()
  const late = gate()
  server.hold = ({ path }) => (path === '/items/1' ? late.passed : undefined)
  const { http, store } = await signIn(server)

  const request = http.get('/items/1')
  await server.arrived('/items/1')
  await store.logout()
  late.open()

  expect(await request).toMatchObject({ status: 200, data: { session: 1 } })
})

test('26. a 401 that arrives after the session expired says so, with that 401', async () => {
  const server = await startServer()
  const late = gate()
  server.hold = ({ path }) => (path === '/items/late' ? late.passed : undefined)
  const { http, store } = await signIn(server)
  server.expire()
  server.refusing = true

  const request = failure(http.get('/items/late'))
  await server.arrived('/items/late')
  await failure(http.get('/items/1'))
  expect(store.status).toBe('expired')
  late.open()

  expect(await request).toMatchObject({
    code: 'ERR_AUTH_EXPIRED',
    response: { status: 401, data: { path: '/items/late' } },
  })
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('27. a logout clears all there is here although the server cannot be reached', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const router = memoryRouter()
  const { store } = await signIn(server, { storage }, (app) => app.use(router))
  await router.push('/orders/1')
  await server.stop()

  await store.logout()

  expect(store.status).toBe('anonymous')
  expect(storage.items.size).toBe(0)
  expect(router.currentRoute.value.path).toBe('/login')
  expectConsole('error', 'ECONNREFUSED')
})

test('27. a logout does not wait for a server that never answers', async () => {
  const server = await startServer()
  server.hold = ({ path }) => (path === '/auth/logout' ? new Promise(() => {}) : undefined)
  const storage = new Shelf()
  const router = memoryRouter()
  const { store } = await signIn(server, { storage, refreshTimeout: 200 }, (app) => app.use(router))
  await router.push('/orders/1')

  const loggedOut = store.logout()
  expect(store.status).toBe('anonymous')
  expect(store.tokens).toBeNull()
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/login'))
  await vi.waitFor(() => expect(storage.items.size).toBe(0))

  await loggedOut
  expectConsole('error', 'no answer within 200 ms')
})

test('28. logging out twice at once is one event, one move and one call of the server', async () => {
  const server = await startServer()
  const onSessionEnd = vi.fn<(reason: string) => void>()
  const router = memoryRouter()
  const { store } = await signIn(server, { onSessionEnd }, (app) => app.use(router))
  await router.push('/orders/1')
  const path = journey(router)

  await Promise.all([store.logout(), store.logout()])
  await store.logout()

  expect(onSessionEnd.mock.calls).toEqual([['logout', {}]])
  expect(path).toEqual(['/login'])
  expect(server.logouts).toBe(1)
})

test('29. requests that wait for a refresh are rejected by a logout, and none is sent', async () => {
  const server = await startServer()
  const refreshing = holdRefreshes(server)
  const { http, store } = await signIn(server)
  await store.setTokens({ ...server.grant(), expiresAt: Date.now() - 1 })

  const waiting = outcomes(times(5, (n) => http.get(`/items/${n}`)))
  await server.arrived('/auth/refresh')
  const loggedOut = store.logout()
  const { errors } = await waiting
  refreshing.open()
  await loggedOut

  expect(codes(errors)).toEqual(times(5, () => 'ERR_AUTH_SESSION_CHANGED'))
  expect(server.to('/items')).toEqual([])
})

test('29. requests that wait for a refresh after their 401 are rejected by a logout, and none is sent again', async () => {
  const server = await startServer()
  const refreshing = holdRefreshes(server)
  const { http, store } = await signIn(server)
  server.expire()

  const waiting = outcomes(times(5, (n) => http.get(`/items/${n}`)))
  await Promise.all([server.arrived('/auth/refresh'), server.arrived('/items', 5)])
  const loggedOut = store.logout()
  const { errors } = await waiting
  refreshing.open()
  await loggedOut

  expect(codes(errors)).toEqual(times(5, () => 'ERR_AUTH_SESSION_CHANGED'))
  expect(server.to('/items')).toHaveLength(5)
})

describe.each(['were answered 401', 'wait to be sent'])('29. where requests %s', (when) => {
  test.each(times(12, (turn) => turn))(
    'a logout %i turns after the refresh has ended: from then on nothing goes out with the old token',
    async (turn) => {
      const server = await startServer()
      const wire = new Wire()
      const { http, store } = await signIn(server, { axios: { adapter: wire.adapter } })
      const expiresAt = Date.now() - 1
      if (when === 'wait to be sent') await store.setTokens({ ...server.grant(), expiresAt })
      server.expire()
      let loggedOut = Infinity
      let left: Promise<void> | undefined
      store.$onAction(({ name, after }) => {
        if (name !== 'refresh') return
        after(async () => {
          await turns(turn)
          loggedOut = wire.tick()
          left = store.logout()
        })
      })

      const { errors } = await outcomes(times(5, (n) => http.post(`/items/${n}`, { n })))

      expect(loggedOut).toBeLessThan(Infinity)
      const late = wire.to('/items').filter(({ order, token }) => order > loggedOut && token !== null)
      expect(late).toEqual([])
      expect(codes(errors)).toEqual(errors.map(() => 'ERR_AUTH_SESSION_CHANGED'))
      await left
    },
  )
})

test('a logout while a login is on its way wins, and what the login brought is handed back', async () => {
  const server = await startServer()
  const answering = gate()
  server.hold = ({ path }) => (path === '/auth/login' ? answering.passed : undefined)
  const storage = new Shelf()
  const { store } = visit(server, { storage })

  const login = failure(store.login({}))
  await server.arrived('/auth/login')
  await store.logout()
  answering.open()

  expect(await login).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  await vi.waitFor(() => expect(server.to('/auth/logout')[0]?.status).toBe(204))
  await settled()
  expect(server.to('/auth/logout')[0]?.body.toString()).toContain('RT-1-1')
  expect(store.isAuthenticated).toBe(false)
  expect(storage.items.size).toBe(0)
})

test('the later of two logins wins, and the first is told so', async () => {
  const server = await startServer()
  const first = gate()
  let logins = 0
  server.hold = ({ path }) => (path === '/auth/login' && logins++ === 0 ? first.passed : undefined)
  const { store } = visit(server)

  const loser = failure(store.login({ username: 'first' }))
  await server.arrived('/auth/login')
  await store.login({ username: 'second' })
  first.open()

  expect(await loser).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  expect(store.accessToken).toBe('AT-2-1')
  await vi.waitFor(() => expect(server.to('/auth/logout')[0]?.status).toBe(204))
  await settled()
})

/** A stored session of a sign-in before, as this version of the library writes it. */
async function stored(server: StrictServer, tokens: Record<string, unknown>): Promise<string> {
  const storage = new Shelf()
  const { app, store } = visit(server, { storage })
  await store.setTokens({ ...server.grant(), ...tokens })
  app.unmount()
  return storage.items.get('vue-auth-axios:authAxios') ?? ''
}

/** A storage that is read slowly. */
async function slowShelf(record: string): Promise<{ storage: Shelf & AuthStorage; reading: Gate }> {
  const storage = new Shelf({ 'vue-auth-axios:authAxios': record })
  const reading = gate()
  storage.before = (operation) => (operation === 'getItem' ? reading.passed : undefined)
  return { storage, reading }
}

test('a session that begins while a spent one is still being read from the storage is kept there', async () => {
  const server = await startServer()
  const record = await stored(server, { refresh_token: undefined, expiresAt: Date.now() - 1 })
  const { storage, reading } = await slowShelf(record)
  // The read has taken its copy before the new session is written.
  storage.getItem = async () => reading.passed.then(() => record)
  const { store } = visit(server, { storage })

  await store.setTokens(server.grant())
  reading.open()
  await store.ready()

  expect(store.isAuthenticated).toBe(true)
  await vi.waitFor(() => expect(storage.content).toContain('RT-2-1'))
  await settled()
  expect(storage.content).toContain('RT-2-1')
})

test('a logout before the stored session is read ends it, and a session begun after it is kept', async () => {
  const server = await startServer()
  const record = await stored(server, {})
  const { storage, reading } = await slowShelf(record)
  storage.getItem = async () => reading.passed.then(() => record)
  const { store } = visit(server, { storage })

  const loggedOut = store.logout()
  expect(store.status).toBe('anonymous')
  await store.setTokens(server.grant())
  reading.open()
  await loggedOut

  expect(store.accessToken).toBe('AT-2-1')
  expect(server.to('/auth/logout')[0]?.body.toString()).toContain('RT-1-1')
  await settled()
  expect(storage.content).toContain('RT-2-1')
})

test('a logout before the stored session is read leaves nothing of it', async () => {
  const server = await startServer()
  const record = await stored(server, {})
  const { storage, reading } = await slowShelf(record)
  const { http, store } = visit(server, { storage })

  const loggedOut = store.logout()
  reading.open()
  await loggedOut

  await vi.waitFor(() => expect(storage.items.size).toBe(0))
  expect(store.status).toBe('anonymous')
  await failure(http.get('/items/1'))
  expect(server.to('/items').map(({ authorization }) => authorization)).toEqual([undefined])
})
