import type { AxiosInstance } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { type AuthUser, httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { calm, enter, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

/** An application with a route whose rule notes whom it was asked about. */
function ruledRoutes(rule: (user: AuthUser | null) => boolean = () => true) {
  const auth = vi.fn(rule)
  return { rule: auth, routes: withRoutes({ path: '/ruled', component: page, meta: { auth } }) }
}

/** A backend whose users come from somewhere else, as slowly and badly as a test needs. */
const withUsers = (user: (http: AxiosInstance) => Promise<unknown>) => ({
  ...httpBackend(),
  user: user as (http: AxiosInstance) => Promise<AuthUser>,
})

const fromServer = { backend: httpBackend({ user: '/auth/me' }) }

/** Lets every token of a session be refused, for good. */
function revoke(server: StrictServer): void {
  server.expire()
  server.refusing = true
}

describe('a function in `meta.auth`', () => {
  test('is asked once the user of a restored session has loaded, with one request for the user', async () => {
    const server = await startServer()
    server.delay = (path) => (path === '/auth/me' ? 50 : 0)
    const storage = await storedSession(server)
    const { rule, routes } = ruledRoutes()

    const visitor = enter('/ruled', clientOf(server, { ...fromServer, storage }), { routes })
    await visitor.store.ready()
    expect(visitor.seen).toEqual([])
    await visitor.arrival

    expect(visitor.seen).toEqual(['/ruled'])
    expect(rule.mock.calls.map(([user]) => user)).toEqual([{ id: 1 }])
    expect(server.to('/auth/me')).toHaveLength(1)
  })

  test('is asked once the user has loaded where `setTokens` has just begun the session', async () => {
    const { rule, routes } = ruledRoutes()
    const server = await startServer()
    const visitor = await signedIn(server, '/', fromServer, { routes })

    await visitor.router.push('/ruled')

    expect(rule.mock.calls.map(([user]) => user)).toEqual([{ id: 1 }])
    expect(server.to('/auth/me')).toHaveLength(1)
  })

  test('is asked about nobody where the backend knows no users', async () => {
    const { rule, routes } = ruledRoutes()
    const visitor = await signedIn(await startServer(), '/', {}, { routes })

    await visitor.router.push('/ruled')

    expect(visitor.at()).toBe('/ruled')
    expect(rule.mock.calls.map(([user]) => user)).toEqual([null])
  })

  test('does not keep routes waiting for the user that ask for none', async () => {
    const { routes } = ruledRoutes()
    const user = gate()
    const backend = withUsers(() => user.passed.then(() => ({ id: 1 })))
    const visitor = await signedIn(await startServer(), '/', { backend }, { routes })

    const ruled = visitor.router.push('/ruled')
    await visitor.router.push('/open')

    expect(visitor.seen).toEqual(['/', '/open'])
    user.open()
    await ruled
    expect(visitor.seen).toEqual(['/', '/open'])
  })

  test('is not asked while the user cannot be loaded: the navigation fails with that error', async () => {
    const { rule, routes } = ruledRoutes()
    const load = vi.fn(() => Promise.reject(new Error('no users today')))
    const backend = withUsers(load)
    const visitor = await signedIn(await startServer(), '/', { backend }, { routes })
    await calm()
    expectConsole('error', 'no users today') // of the load beside the session
    visitor.router.onError(() => {})

    expect(await failure(visitor.router.push('/ruled'))).toMatchObject({ message: 'no users today' })

    expect(visitor.seen).toEqual(['/'])
    expect(rule).not.toHaveBeenCalled()
    expect(visitor.store.isAuthenticated).toBe(true)
  })

  test('is asked at the next navigation, when the user has loaded after all', async () => {
    const { rule, routes } = ruledRoutes()
    let broken = true
    const backend = withUsers(async () => {
      if (broken) throw new Error('no users today')
      return { id: 7 }
    })
    const visitor = await signedIn(await startServer(), '/', { backend }, { routes })
    expectConsole('error', 'no users today')
    visitor.router.onError(() => {})
    await failure(visitor.router.push('/ruled'))

    broken = false
    await visitor.router.push('/ruled')

    expect(visitor.at()).toBe('/ruled')
    expect(rule.mock.calls.map(([user]) => user)).toEqual([{ id: 7 }])
  })

  test('is not asked when the session turns out to be over: one way to the login page, and back', async () => {
    const { rule, routes } = ruledRoutes()
    const server = await startServer()
    const storage = await storedSession(server)
    revoke(server)
    const onSessionEnd = vi.fn()

    const visitor = enter('/ruled?x=1', clientOf(server, { ...fromServer, storage, onSessionEnd }), {
      routes,
    })
    await visitor.arrival
    await vi.waitFor(() => expect(visitor.seen).not.toEqual([]))

    expect(visitor.seen).toEqual(['/login?redirect=/ruled?x=1'])
    expect(visitor.store.status).toBe('expired')
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', expect.anything())
    expect(rule).not.toHaveBeenCalled()
  })

  test('is not asked when the visitor signs out while the user is loading', async () => {
    const { rule, routes } = ruledRoutes()
    const user = gate()
    const backend = withUsers(() => user.passed.then(() => ({ id: 1 })))
    const visitor = await signedIn(await startServer(), '/public', { backend }, { routes })

    const ruled = visitor.router.push('/ruled')
    await calm()
    await visitor.store.logout()
    user.open()
    await ruled

    expect(visitor.at()).toBe('/login?redirect=/ruled')
    expect(rule).not.toHaveBeenCalled()
  })

  test('sends to the login page at once when the session ends, however long the user takes', async () => {
    const { routes } = ruledRoutes()
    const backend = withUsers(() => new Promise(() => {}))
    const visitor = await signedIn(await startServer(), '/public', { backend }, { routes })

    const ruled = visitor.router.push('/ruled')
    await calm()
    await visitor.store.logout({ redirect: false })
    await ruled

    expect(visitor.at()).toBe('/login?redirect=/ruled')
  })

  test('is asked about the user of the new session when another login comes in between', async () => {
    const { rule, routes } = ruledRoutes()
    const first = gate()
    const users = [first.passed.then(() => ({ id: 'first' })), Promise.resolve({ id: 'second' })]
    const backend = withUsers(() => users.shift()!)
    const server = await startServer()
    const visitor = await signedIn(server, '/', { backend }, { routes })

    const ruled = visitor.router.push('/ruled')
    await calm()
    await visitor.store.setTokens(server.grant())
    first.open()
    await ruled

    expect(visitor.at()).toBe('/ruled')
    expect(rule.mock.calls.map(([user]) => user)).toEqual([{ id: 'second' }])
  })

  test('decides anew about the user who has signed in meanwhile', async () => {
    const { routes } = ruledRoutes((user) => Object(user).id === 'second')
    const users = [{ id: 'first' }, { id: 'second' }]
    const backend = withUsers(async () => users.shift())
    const visitor = await signedIn(await startServer(), '/public', { backend }, { routes })
    await visitor.router.push('/ruled')
    expect(visitor.at()).toBe('/public')

    await visitor.store.logout({ redirect: false })
    await visitor.store.login({}, { redirect: '/ruled' })

    expect(visitor.at()).toBe('/ruled')
  })
})

describe('finding 39: `auth: true`', () => {
  const noUsers = () => new Error('no users today')

  test('waits for the user of a restored session, with one request', async () => {
    const server = await startServer()
    server.delay = (path) => (path === '/auth/me' ? 50 : 0)
    const storage = await storedSession(server)
    const visitor = enter('/secret', clientOf(server, { ...fromServer, storage }))
    const users: unknown[] = []
    visitor.router.afterEach(() => void users.push(visitor.store.user))

    await visitor.arrival

    expect(visitor.seen).toEqual(['/secret'])
    expect(users).toEqual([{ id: 1 }])
    expect(server.to('/auth/me')).toHaveLength(1)
  })

  test('waits for the user whom `setTokens` has begun to load', async () => {
    const visitor = await signedIn(await startServer(), '/', fromServer)

    await visitor.router.push('/secret')

    expect(visitor.store.user).toEqual({ id: 1 })
  })

  test('waits for nobody where the backend knows no users', async () => {
    const visitor = await signedIn(await startServer(), '/')

    await visitor.router.push('/secret')

    expect([visitor.at(), visitor.store.user]).toEqual(['/secret', null])
  })

  test('lets the visitor in where the user cannot be loaded just now, and reports that once', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    const backend = withUsers(() => calm().then(() => Promise.reject(noUsers())))
    const visitor = enter('/secret', clientOf(server, { backend, storage }))
    const reported = vi.fn()
    visitor.app.config.errorHandler = reported

    await visitor.arrival

    expect([visitor.at(), visitor.store.user]).toEqual(['/secret', null])
    expect(reported.mock.calls.map(([error]) => error)).toEqual([noUsers()])
  })

  test('tries again at the next guarded navigation, and reports that as well', async () => {
    const load = vi.fn<() => Promise<unknown>>(() => Promise.reject(noUsers()))
    const visitor = await signedIn(await startServer(), '/', { backend: withUsers(load) })
    await calm()
    expectConsole('error', 'no users today') // of the load beside the session
    const reported = vi.fn()
    visitor.app.config.errorHandler = reported
    await visitor.router.push('/secret')
    await visitor.router.push('/open')
    load.mockResolvedValue({ id: 7 })

    await visitor.router.push('/secret/1')

    expect(visitor.seen).toEqual(['/', '/secret', '/open', '/secret/1'])
    expect(visitor.store.user).toEqual({ id: 7 })
    expect(reported.mock.calls.map(([error]) => error)).toEqual([noUsers()])
  })

  test('leads to the login page where the session ends while the user is loading, and reports nothing', async () => {
    const user = gate()
    const backend = withUsers(() => user.passed.then(() => ({ id: 1 })))
    const visitor = await signedIn(await startServer(), '/public', { backend })
    const going = visitor.router.push('/secret')
    await calm()

    await visitor.store.logout({ redirect: false })
    user.open()
    await going

    expect(visitor.seen).toEqual(['/public', '/login?redirect=/secret'])
  })

  test('leads to the login page where the request for the user finds the session over', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    revoke(server)

    const visitor = enter('/secret?x=1', clientOf(server, { ...fromServer, storage }))
    await visitor.arrival
    await calm()

    expect(visitor.seen).toEqual(['/login?redirect=/secret?x=1'])
    expect(visitor.store.status).toBe('expired')
  })
})

test('a user who cannot be loaded is not reported once the page is gone', async () => {
  const user = gate()
  const backend = withUsers(async () => {
    await user.passed
    throw new Error('too late')
  })
  const visitor = await signedIn(await startServer(), '/', { backend })

  visitor.app.unmount()
  user.open()
  await calm() // the console is watched
})
