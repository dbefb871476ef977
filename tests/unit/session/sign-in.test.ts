import { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { jwt } from '../../support/jwt.ts'
import { firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { failure } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'
import { storageWith } from '../../support/stored-record.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const TIMEOUT = 10_000
const credentials = { username: 'ada', password: 'ada' }
const thirdPair = { access_token: 'AT3', refresh_token: 'RT3' }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a login', () => {
  it('hands the credentials to the backend, and begins a session', async () => {
    const app = manualApp()
    const signedIn = app.store.login(credentials)
    await turns(20)
    expect(app.logins.map(({ input }) => input)).toEqual([credentials])
    expect(app.store.status).toBe('anonymous')
    app.logins[0]?.answer(firstPair)
    await signedIn

    expect(app.store).toMatchObject({ status: 'authenticated', isAuthenticated: true, accessToken: 'AT1' })
    expect(app.stored()).toBe('RT1')
  })

  it('loads the user before anybody sees the session', async () => {
    const user = Promise.withResolvers<typeof ada>()
    const app = manualApp({ backend: { user: () => user.promise } })
    const seen: unknown[] = []
    app.store.$subscribe((_, { status, user: shown }) => void seen.push([status, shown]), { flush: 'sync' })
    await app.store.ready()
    seen.length = 0

    const signedIn = app.store.login(credentials)
    await turns(20)
    app.logins[0]?.answer(firstPair)
    await turns(20)
    expect([app.store.status, app.storage.entries.size]).toEqual(['anonymous', 0])
    user.resolve(ada)
    await signedIn

    expect(app.store).toMatchObject({ status: 'authenticated', user: ada })
    expect(seen).not.toContainEqual(['authenticated', null])
  })

  it('asks for the user with the new token, under the settings and interceptors of the application', async () => {
    const sent: unknown[] = []
    const axios: AuthAxiosOptions['axios'] = {
      baseURL: 'https://api.test/v1',
      adapter: async (config) => {
        sent.push([config.url, config.headers.get('Authorization'), config.headers.get('X-App')])
        return { data: ada, status: 200, statusText: 'OK', headers: {}, config }
      },
    }
    const app = await signedInApp({
      axios,
      backend: { login: async () => nextPair, user: async (http) => (await http.get('/me')).data },
    })
    await turns(20)
    sent.length = 0
    app.auth.http.interceptors.request.use((config) => {
      config.headers.set('X-App', 'yes')
      return config
    })

    await app.store.login(credentials)

    expect(sent).toEqual([['/me', 'Bearer AT2', 'yes']])
  })

  it('waits until the stored session is read', async () => {
    const gate = Promise.withResolvers<void>()
    const storage = new MemoryStorage()
    storage.before = () => gate.promise
    const app = manualApp({ storage })

    const signedIn = app.store.login(credentials)
    await turns(20)
    expect(app.logins).toHaveLength(0)
    gate.resolve()
    await turns(50)
    app.logins[0]?.answer(firstPair)
    await signedIn

    expect(app.stored()).toBe('RT1')
  })

  it('ends in time where the storage does not answer', async () => {
    const app = manualApp()
    await app.store.ready()
    app.storage.before = () => new Promise<never>(() => {})

    const signedIn = app.store.login(credentials)
    await turns(20)
    app.logins[0]?.answer(firstPair)
    await turns(20)
    expect(app.store.status).toBe('authenticated')
    await vi.advanceTimersByTimeAsync(2 * TIMEOUT)

    await expect(signedIn).resolves.toBeUndefined()
  })

  it('may be for this tab alone: the storage never sees it', async () => {
    const app = manualApp({ backend: { login: async () => firstPair } })

    await app.store.login(credentials, { remember: false })

    expect(app.store.status).toBe('authenticated')
    expect(app.storage.written).toEqual([])
  })

  it('stays for this tab alone after a refresh', async () => {
    const app = manualApp({ backend: { login: async () => firstPair, refresh: async () => nextPair } })
    await app.store.login(credentials, { remember: false })

    await app.store.refresh()

    expect(app.store.accessToken).toBe('AT2')
    expect(app.storage.written).toEqual([])
  })

  it('says what to do where the backend has none', async () => {
    const app = manualApp()
    delete app.backend.login

    const error = await failure(app.store.login(credentials))

    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(AxiosError)
    expect(String(error)).toMatch(/backend has no `login`.*setTokens/)
  })
})

describe('a login that fails', () => {
  const wrongPassword = new AxiosError('Request failed with status code 401', 'ERR_BAD_REQUEST')

  it('rejects with the error of the backend itself, and leaves everything as it was', async () => {
    const app = manualApp()
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    app.logins[0]?.fail(wrongPassword)

    expect(await signedIn).toBe(wrongPassword)
    expect(app.store).toMatchObject({ status: 'anonymous', user: null, accessToken: null })
    expect(app.storage.written).toEqual([])
    expect([app.ends, app.errors, app.refreshes, app.logouts]).toEqual([[], [], [], []])
  })

  it('rejects where the backend throws at once', async () => {
    const app = manualApp({
      backend: {
        login: () => {
          throw wrongPassword
        },
      },
    })

    expect(await failure(app.store.login(credentials))).toBe(wrongPassword)
  })

  it('leaves the session there was alone', async () => {
    const app = await signedInApp()
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    app.logins[0]?.fail(wrongPassword)
    await signedIn

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT1' })
    expect(app.stored()).toBe('RT1')
  })

  it.each([
    ['nothing', undefined],
    ['a page', '<!doctype html>'],
    ['no tokens', {}],
    ['a token no header could hold', { access_token: 'A\nT' }],
  ])('rejects with ERR_BAD_RESPONSE where the answer is %s', async (_, reply) => {
    const app = manualApp({ backend: { login: async () => reply as never } })

    expect(await failure(app.store.login(credentials))).toMatchObject({ code: AxiosError.ERR_BAD_RESPONSE })
    expect(app.store.status).toBe('anonymous')
  })

  it('begins no session where the user cannot be loaded, and leaves none behind on the server', async () => {
    const error = new Error('no user')
    const app = manualApp({ backend: { login: async () => firstPair, user: () => Promise.reject(error) } })

    expect(await failure(app.store.login(credentials))).toBe(error)
    await turns(20)

    expect(app.store).toMatchObject({ status: 'anonymous', accessToken: null, user: null })
    expect(app.storage.written).toEqual([])
    expect(app.logouts.map(({ input }) => input?.refreshToken)).toEqual(['RT1'])
    expect(app.ends).toEqual([])
  })

  it('leaves no rejection behind where the server cannot be told either', async () => {
    const app = manualApp({
      backend: {
        login: async () => firstPair,
        user: () => Promise.reject(new Error('no user')),
        logout: () => Promise.reject(new Error('no server')),
      },
    })

    expect(await unhandledRejections(() => failure(app.store.login(credentials)))).toEqual([])
    expect(app.errors).toEqual([])
  })
})

describe('a login over another session', () => {
  it('replaces it: user, tokens and storage', async () => {
    const users = [ada, bob]
    const app = manualApp({ backend: { user: async () => users.shift() ?? ada } })
    for (const pair of [firstPair, nextPair]) {
      const signedIn = app.store.login(credentials)
      await turns(20)
      app.logins.at(-1)?.answer(pair)
      await signedIn
    }

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT2', user: bob })
    expect(app.stored()).toBe('RT2')
    expect(app.ends).toEqual([])
  })
})

describe('of several that change the session', () => {
  it('the last login that was called wins, whichever is answered first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const app = manualApp()
      const first = failure(app.store.login('first'))
      const second = app.store.login('second')
      await turns(20)
      for (const which of order) {
        app.logins[which]?.answer(which === 0 ? firstPair : nextPair)
        await turns(20)
      }

      expect(await first).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_SESSION_CHANGED' })
      await second
      expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT2' })
      expect(app.stored()).toBe('RT2')
      expect(app.logouts.map(({ input }) => input?.refreshToken)).toEqual(['RT1'])
    }
  })

  it('a logout wins over a login that is still on its way', async () => {
    const app = manualApp()
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    void app.store.logout()
    app.logins[0]?.answer(firstPair)

    expect(await signedIn).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store.status).toBe('anonymous')
    expect(app.storage.written).toEqual([])
    expect(app.logouts.map(({ input }) => input?.refreshToken)).toEqual(['RT1'])
  })

  it('a logout wins over a login whose user is still on the way', async () => {
    const user = Promise.withResolvers<typeof ada>()
    const app = manualApp({ backend: { login: async () => firstPair, user: () => user.promise } })
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    void app.store.logout()
    user.resolve(ada)

    expect(await signedIn).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store).toMatchObject({ status: 'anonymous', user: null })
    expect(app.storage.written).toEqual([])
  })

  it('tokens that are handed over win over a login that is still on its way', async () => {
    const app = manualApp()
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    await app.store.setTokens(nextPair)
    app.logins[0]?.answer(firstPair)

    expect(await signedIn).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store.accessToken).toBe('AT2')
    expect(app.stored()).toBe('RT2')
  })

  it('the end of the application wins over all of them', async () => {
    const app = manualApp()
    const signedIn = failure(app.store.login(credentials))
    await turns(20)
    app.app.unmount()
    app.logins[0]?.answer(firstPair)

    expect(await signedIn).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.storage.written).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('where the server keeps the refresh token in a cookie', () => {
  const resumedApp = async () => {
    const app = manualApp({ backend: { resumable: true } })
    await turns(20)
    app.refreshes[0]?.answer({ access_token: 'AT1' })
    await app.store.ready()
    return app
  }

  it('a login waits until the logout before it can no longer take the cookie away', async () => {
    const app = await resumedApp()
    const loggedOut = app.store.logout()
    const signedIn = app.store.login(credentials)
    await turns(50)
    expect(app.logins).toHaveLength(0)
    app.logouts[0]?.answer(null)
    await loggedOut
    await turns(20)
    app.logins[0]?.answer({ access_token: 'AT2' })
    await signedIn

    expect(app.store.accessToken).toBe('AT2')
  })

  it('a login waits until the refresh before it can no longer replace the cookie', async () => {
    const app = await resumedApp()
    void app.store.refresh().catch(() => {})
    await turns(20)
    const signedIn = app.store.login(credentials)
    await turns(50)
    expect(app.logins).toHaveLength(0)
    app.refreshes.at(-1)?.answer(nextPair)
    await turns(50)
    app.logins[0]?.answer(thirdPair)
    await signedIn

    expect(app.store.accessToken).toBe('AT3')
  })
})

describe('tokens that are handed over', () => {
  it('begin a session at once, and are stored by the time it resolves', async () => {
    const app = manualApp()

    const done = app.store.setTokens({ accessToken: 'AT1', refreshToken: 'RT1' })
    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT1' })
    await done

    expect(app.stored()).toBe('RT1')
    expect(app.logins).toHaveLength(0)
  })

  it('may be what a server sent', async () => {
    const app = manualApp()

    await app.store.setTokens({ access: 'AT1', refresh: 'RT1', expiresIn: '300' })

    expect(app.store).toMatchObject({ accessToken: 'AT1', expiresAt: Date.now() + 300_000 })
  })

  it('may have been lying about: an end that has passed is believed, and the first need refreshes', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const app = manualApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: async () => nextPair },
    })

    await app.store.setTokens({ accessToken: 'AT1', refreshToken: 'RT1', expiresAt: Date.now() - 1 })
    await app.auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer AT2'])
  })

  it('end where a JWT among them says, also where that was issued long ago', async () => {
    const app = manualApp()
    const iat = Math.floor(Date.now() / 1000) - 200

    await app.store.setTokens({ accessToken: jwt({ iat, exp: iat + 300 }) })

    expect(app.store.expiresAt).toBe((iat + 300) * 1000)
  })

  it('begin a new session each time', async () => {
    const app = await signedInApp()
    const idOf = () => JSON.parse(app.storage.entries.get('auth') ?? '{}').id
    const first = idOf()

    await app.store.setTokens(firstPair)

    expect(idOf()).not.toBe(first)
    expect(app.ends).toEqual([])
  })

  it('have their user loaded beside them', async () => {
    const app = manualApp({ backend: { user: async () => ada } })

    await app.store.setTokens(firstPair)
    await turns(20)

    expect(app.store.user).toEqual(ada)
  })

  it('take the user of the session before away at once', async () => {
    const users: Promise<typeof ada>[] = [Promise.resolve(ada), new Promise(() => {})]
    const app = manualApp({ backend: { user: () => users.shift() ?? Promise.reject(new Error('?')) } })
    await app.store.setTokens(firstPair)
    await turns(20)

    await app.store.setTokens(nextPair)

    expect(app.store.user).toBeNull()
  })

  it.each([[{}], [null], [undefined], ['AT'], [[]], [{ access_token: '' }], [{ accessToken: 'A T' }]])(
    'are refused where they are none, and the session stays as it was: %j',
    async (reply) => {
      const app = await signedInApp()

      const error = await failure(app.store.setTokens(reply as never))

      expect(error).toMatchObject({ code: AxiosError.ERR_BAD_RESPONSE })
      expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT1' })
    },
  )

  it('that are refused do not stop a login that is on its way', async () => {
    const app = manualApp()
    const signedIn = app.store.login(credentials)
    await turns(20)
    await failure(app.store.setTokens({}))
    app.logins[0]?.answer(firstPair)

    await expect(signedIn).resolves.toBeUndefined()
    expect(app.store.accessToken).toBe('AT1')
  })

  it('win over a stored session', async () => {
    const app = manualApp({ storage: storageWith({ accessToken: 'AT0', refreshToken: 'RT0' }) })

    await app.store.setTokens(firstPair)
    await turns(50)

    expect(app.store.accessToken).toBe('AT1')
    expect(app.stored()).toBe('RT1')
  })

  it('outlive a storage that fails', async () => {
    const app = manualApp()
    await app.store.ready()
    app.storage.before = () => {
      throw new Error('QuotaExceededError')
    }

    const unhandled = await unhandledRejections(() => app.store.setTokens(firstPair))

    expect(app.store.status).toBe('authenticated')
    expect(app.errors).toHaveLength(1)
    expect(unhandled).toEqual([])
  })
})
