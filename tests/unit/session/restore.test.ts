import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthTokens } from '../../../src/index.ts'
import { firstPair, manualApp, nextPair } from '../../support/manual-app.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { outcomes } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { storageWith } from '../../support/stored-record.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const NOW = Date.UTC(2026, 10, 23)
const HOUR = 3_600_000
const TIMEOUT = 10_000

const tokens: AuthTokens = { accessToken: 'AT1', refreshToken: 'RT1' }

/** A storage as an earlier visit left it. */
const left = (by: AuthTokens = tokens) => storageWith(by)

const reader = (storage: MemoryStorage) => {
  const gate = Promise.withResolvers<void>()
  storage.before = (operation) => (operation === 'getItem' ? gate.promise : undefined)
  return gate
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a reload', () => {
  it('is pending until the stored session is read', async () => {
    const storage = left()
    const gate = reader(storage)
    const { store } = manualApp({ storage })
    const ready = vi.fn<() => void>()
    void store.ready().then(ready)

    await turns(50)
    expect(store.status).toBe('pending')
    expect(store.isAuthenticated).toBe(false)
    expect(ready).not.toHaveBeenCalled()
    gate.resolve()
    await turns(50)

    expect(store.status).toBe('authenticated')
    expect(ready).toHaveBeenCalledOnce()
  })

  it('finds the session that was left, and asks nobody', async () => {
    const app = manualApp({ storage: left({ ...tokens, expiresAt: NOW + HOUR }) })
    await app.store.ready()

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT1', expiresAt: NOW + HOUR })
    expect(app.store.tokens).toEqual({ ...tokens, expiresAt: NOW + HOUR })
    expect(app.refreshes).toHaveLength(0)
  })

  it('is anonymous where nothing was left', async () => {
    const app = manualApp()
    await app.store.ready()

    expect(app.store).toMatchObject({
      status: 'anonymous',
      accessToken: null,
      tokens: null,
      expiresAt: null,
      user: null,
    })
    expect([app.refreshes, app.ends, app.errors]).toEqual([[], [], []])
  })

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['truncated', '{"v":1,"id":"a","tok'],
    ['a megabyte', JSON.stringify('x'.repeat(2 ** 20))],
    ['with numeric tokens', '{"v":1,"id":"a","refreshAt":1,"tokens":{"accessToken":1}}'],
    ['of another version', '{"v":99,"id":"a","refreshAt":1,"tokens":{"accessToken":"AT"}}'],
  ])('is anonymous, and works, where what was left is no session: %s', async (_, text) => {
    const app = manualApp({ storage: new MemoryStorage({ auth: text }) })
    await app.store.ready()
    expect(app.store.status).toBe('anonymous')

    await app.store.setTokens(firstPair)
    expect(app.stored()).toBe('RT1')
    expect(app.errors).toEqual([])
  })

  it('does not find the session of another identity', async () => {
    const app = manualApp({ storage: left(), id: 'staff' })
    await app.store.ready()

    expect(app.store.status).toBe('anonymous')
    expect(app.storage.entries.has('auth')).toBe(true)
  })

  it('does not wait for the user, who loads beside it', async () => {
    const user = Promise.withResolvers<typeof ada>()
    const app = manualApp({ storage: left(), backend: { user: () => user.promise } })

    await app.store.ready()
    expect(app.store).toMatchObject({ status: 'authenticated', user: null })
    user.resolve(ada)
    await turns(20)

    expect(app.store.user).toEqual(ada)
  })

  it('keeps the session where its user cannot be loaded, and tells the application', async () => {
    const error = new Error('no user')
    const app = manualApp({ storage: left(), backend: { user: () => Promise.reject(error) } })
    const unhandled = await unhandledRejections(() => app.store.ready())

    expect(app.store).toMatchObject({ status: 'authenticated', user: null })
    expect(app.errors).toEqual([error])
    expect(unhandled).toEqual([])
  })
})

describe('a reload with an access token that has expired', () => {
  const expired = { ...tokens, expiresAt: NOW - HOUR }

  it('goes on where it can be refreshed, and asks nobody before somebody needs it', async () => {
    const app = manualApp({ storage: left(expired) })
    await app.store.ready()

    expect(app.store.status).toBe('authenticated')
    expect(app.refreshes).toHaveLength(0)
    expect(app.stored()).toBe('RT1')
  })

  it('is anonymous where there is nothing to refresh with, and leaves nothing behind', async () => {
    const app = manualApp({ storage: left({ accessToken: 'AT1', expiresAt: NOW - HOUR }) })
    await app.store.ready()
    await turns(20)

    expect(app.store.status).toBe('anonymous')
    expect(app.storage.entries.size).toBe(0)
    expect([app.refreshes, app.ends, app.errors]).toEqual([[], [], []])
  })

  it('goes on where there is no refresh token, but the access token still serves', async () => {
    const app = manualApp({ storage: left({ accessToken: 'AT1', expiresAt: NOW + 1 }) })
    await app.store.ready()

    expect(app.store.status).toBe('authenticated')
  })
})

describe('a server that keeps the refresh token', () => {
  const resumable = { resumable: true }

  it('is asked where nothing is stored', async () => {
    const app = manualApp({ backend: { ...resumable, user: async () => ada } })
    await turns(20)
    expect(app.store.status).toBe('pending')
    expect(app.refreshes.map(({ input }) => input)).toEqual([null])

    app.refreshes[0]?.answer({ access_token: 'AT1', expires_in: 300 })
    await app.store.ready()
    await turns(20)

    expect(app.store).toMatchObject({
      status: 'authenticated',
      accessToken: 'AT1',
      expiresAt: NOW + 300_000,
      user: ada,
    })
  })

  it('is asked where what is stored has expired', async () => {
    const storage = left({ accessToken: 'AT0', expiresAt: NOW - HOUR })
    const app = manualApp({ storage, backend: resumable })
    await turns(20)
    app.refreshes[0]?.answer({ access_token: 'AT1' })
    await app.store.ready()

    expect(app.store.status).toBe('authenticated')
  })

  it.each<[string, (app: ReturnType<typeof manualApp>) => void]>([
    ['has none', (app) => app.refreshes[0]?.answer(null)],
    ['refuses', (app) => app.refreshes[0]?.fail(Object.assign(new Error('401'), { status: 401 }))],
    ['fails on the way', (app) => app.refreshes[0]?.fail(new Error('offline'))],
    ['sends nonsense', (app) => app.refreshes[0]?.answer({})],
  ])('leaves the visitor anonymous, without a word, where it %s', async (_, end) => {
    const app = manualApp({ backend: resumable })
    await turns(20)
    end(app)
    await app.store.ready()

    expect(app.store.status).toBe('anonymous')
    expect([app.ends, app.errors]).toEqual([[], []])
  })

  it('leaves the visitor anonymous where it does not answer in time', async () => {
    const app = manualApp({ backend: resumable })
    await vi.advanceTimersByTimeAsync(TIMEOUT)

    expect(app.store.status).toBe('anonymous')
    expect(app.ends).toEqual([])
  })

  it('is asked no more where somebody has signed in meanwhile', async () => {
    const app = manualApp({ backend: resumable })
    await turns(20)
    await app.store.setTokens({ access_token: 'AT7' })
    app.refreshes[0]?.answer({ access_token: 'AT1' })
    await turns(50)

    expect(app.store.accessToken).toBe('AT7')
  })
})

describe('a slow storage', () => {
  it('is waited for no longer than the bound, and a late answer brings nobody back', async () => {
    const storage = left()
    const gate = reader(storage)
    const app = manualApp({ storage })

    await vi.advanceTimersByTimeAsync(TIMEOUT)
    expect(app.store.status).toBe('anonymous')
    gate.resolve()
    await turns(50)

    expect(app.store.status).toBe('anonymous')
    expect(app.errors).toHaveLength(1)
  })

  it('does not put an old session over one that began meanwhile', async () => {
    const storage = left()
    const gate = reader(storage)
    const app = manualApp({ storage })

    await app.store.setTokens(nextPair)
    expect(app.store.status).toBe('authenticated')
    gate.resolve()
    await turns(50)

    expect(app.store.accessToken).toBe('AT2')
    expect(app.stored()).toBe('RT2')
  })

  it('does not lose the session that began meanwhile where the old one has expired for good', async () => {
    const storage = left({ accessToken: 'AT0', expiresAt: NOW - HOUR })
    const gate = reader(storage)
    const app = manualApp({ storage })

    await app.store.setTokens(nextPair)
    gate.resolve()
    await turns(100)

    expect(app.store.accessToken).toBe('AT2')
    expect(app.stored()).toBe('RT2')
  })

  it('does not lose the session of who signs in right after signing out', async () => {
    const storage = left()
    const gate = reader(storage)
    const app = manualApp({ storage, backend: { login: async () => nextPair, logout: async () => {} } })

    const loggedOut = app.store.logout()
    expect(app.store.status).toBe('anonymous')
    await app.store.login({})
    gate.resolve()
    await turns(100)
    await loggedOut

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT2' })
    expect(app.stored()).toBe('RT2')
  })

  it('has its session signed out where somebody signs out before it is read', async () => {
    const storage = left()
    const gate = reader(storage)
    const app = manualApp({ storage })

    const loggedOut = app.store.logout()
    expect(app.store.status).toBe('anonymous')
    gate.resolve()
    await turns(50)
    expect(app.logouts.map(({ input }) => input)).toEqual([tokens])
    app.logouts[0]?.answer(null)
    await loggedOut

    expect(app.store.status).toBe('anonymous')
    expect(storage.entries.size).toBe(0)
  })

  it('is waited for by who signs out before it is read, and nobody is told of a session that was none', async () => {
    const storage = new MemoryStorage()
    const gate = reader(storage)
    const app = manualApp({ storage })

    const done = vi.fn<() => void>()
    void app.store.logout().then(done)
    gate.resolve()
    await turns(50)

    expect([app.logouts.length, app.ends]).toEqual([0, []])
    expect(done).toHaveBeenCalledOnce()
  })

  it('lets nothing happen any more once the application is unmounted', async () => {
    const storage = left()
    const gate = reader(storage)
    const user = vi.fn<() => Promise<typeof ada>>(async () => ada)
    const app = manualApp({ storage, backend: { user } })

    app.app.unmount()
    gate.resolve()
    await turns(100)

    expect(user).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
    expect(storage.entries.size).toBe(1)
    expect(app.errors).toEqual([])
  })
})

describe('whoever signs in', () => {
  it('has the user of the new session, however late that of the stored one comes', async () => {
    const first = Promise.withResolvers<typeof ada>()
    const users = [first.promise, Promise.resolve(bob)]
    const app = manualApp({
      storage: left(),
      backend: { user: () => users.shift() ?? Promise.reject(new Error('?')) },
    })
    await app.store.ready()

    await app.store.setTokens(nextPair)
    await turns(20)
    first.resolve(ada)
    await turns(20)

    expect(app.store.user).toEqual(bob)
    expect(app.errors).toEqual([])
  })

  it('has every call of ready() resolved, however often it was made', async () => {
    const app = manualApp({ storage: left() })

    const { values } = await outcomes([app.store.ready(), app.store.ready(), app.store.ready()])

    expect(values).toHaveLength(3)
    await expect(app.store.ready()).resolves.toBeUndefined()
  })
})
