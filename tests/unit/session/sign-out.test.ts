import { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { outcomes } from '../../support/outcomes.ts'
import { ada } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const TIMEOUT = 10_000

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a logout', () => {
  it('ends the session before it returns: store, storage and event', async () => {
    const app = await signedInApp({ backend: { user: async () => ada } })
    await turns(20)
    expect(app.store.user).toEqual(ada)

    void app.store.logout()

    expect(app.store).toMatchObject({
      status: 'anonymous',
      isAuthenticated: false,
      user: null,
      accessToken: null,
      tokens: null,
      expiresAt: null,
    })
    expect(app.storage.entries.size).toBe(0)
    expect(app.ends).toEqual(['logout'])
  })

  it('tells the backend, with the tokens that were', async () => {
    const app = await signedInApp()
    const loggedOut = app.store.logout()
    await turns(20)
    expect(app.logouts.map(({ input }) => input)).toEqual([
      { accessToken: 'AT1', refreshToken: 'RT1', tokenType: 'Bearer' },
    ])
    app.logouts[0]?.answer(null)

    await expect(loggedOut).resolves.toBeUndefined()
  })

  it.each<[string, () => Promise<unknown>]>([
    ['refuses', () => Promise.reject(new AxiosError('Request failed with status code 500'))],
    ['cannot be reached', () => Promise.reject(new AxiosError('Network Error', 'ERR_NETWORK'))],
    [
      'throws at once',
      () => {
        throw new Error('broken')
      },
    ],
  ])('is done, and quiet, where the backend %s', async (_, logout) => {
    const app = await signedInApp({ backend: { logout } })

    const unhandled = await unhandledRejections(() => app.store.logout())

    expect(app.store.status).toBe('anonymous')
    expect([app.errors, unhandled]).toEqual([[], []])
  })

  it('is done in time where the backend does not answer', async () => {
    const app = await signedInApp()
    const done = vi.fn<() => void>()
    void app.store.logout().then(done)

    await vi.advanceTimersByTimeAsync(TIMEOUT - 1)
    expect(done).not.toHaveBeenCalled()
    expect(app.logouts[0]?.context.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)

    expect(done).toHaveBeenCalledOnce()
    expect(app.logouts[0]?.context.signal.aborted).toBe(true)
    expect(app.errors).toEqual([])
  })

  it('is done without a backend that knows logouts', async () => {
    const app = await signedInApp()
    delete app.backend.logout

    await expect(app.store.logout()).resolves.toBeUndefined()
    expect(app.store.status).toBe('anonymous')
  })

  it('is one event and one call to the server where it is called twice', async () => {
    const app = await signedInApp()

    const both = outcomes([app.store.logout(), app.store.logout()])
    await turns(20)
    for (const logout of app.logouts) logout.answer(null)

    expect((await both).errors).toEqual([])
    expect(app.ends).toEqual(['logout'])
    expect(app.logouts).toHaveLength(1)
  })

  it('is one call to a server that keeps the refresh token too, and done for both when that is answered', async () => {
    const app = manualApp({ backend: { resumable: true } })
    await turns(20)
    app.refreshes[0]?.answer({ access_token: 'AT1' })
    await app.store.ready()
    const done = vi.fn<() => void>()

    void app.store.logout().then(done)
    void app.store.logout().then(done)
    await turns(50)
    expect(app.logouts.map(({ input }) => input?.accessToken)).toEqual(['AT1'])
    expect(done).not.toHaveBeenCalled()
    app.logouts[0]?.answer(null)
    await turns(50)

    expect(done).toHaveBeenCalledTimes(2)
  })

  it('happens again for the next session', async () => {
    const app = await signedInApp({ backend: { logout: async () => {} } })
    await app.store.logout()
    await app.store.setTokens(nextPair)

    await app.store.logout()

    expect(app.ends).toEqual(['logout', 'logout'])
    expect(app.storage.entries.size).toBe(0)
  })

  it('happens again for a session that began while the backend was still being told of the last', async () => {
    const app = await signedInApp()
    void app.store.logout()
    await turns(20)
    await app.store.setTokens(nextPair)

    void app.store.logout()
    await turns(20)

    expect(app.store.status).toBe('anonymous')
    expect(app.ends).toEqual(['logout', 'logout'])
    expect(app.logouts.map(({ input }) => input?.refreshToken)).toEqual(['RT1', 'RT2'])
    for (const logout of app.logouts) logout.answer(null)
  })

  it('is nothing to speak of where there is no session', async () => {
    const app = manualApp()
    await app.store.ready()

    await app.store.logout()

    expect(app.store.status).toBe('anonymous')
    expect([app.ends, app.logouts]).toEqual([[], []])
  })

  it('still tells a server that keeps the refresh token, where there is no session', async () => {
    const app = manualApp({ backend: { resumable: true } })
    await turns(20)
    app.refreshes[0]?.answer(null)
    await app.store.ready()

    void app.store.logout()
    await turns(20)

    expect(app.logouts.map(({ input }) => input)).toEqual([null])
    expect(app.ends).toEqual([])
    app.logouts[0]?.answer(null)
  })

  it('leaves no timer behind', async () => {
    const app = await signedInApp({ backend: { logout: async () => {} } })

    await app.store.logout()

    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not hold the application up when it is unmounted', async () => {
    const app = await signedInApp()
    const loggedOut = app.store.logout()
    await turns(20)

    app.app.unmount()

    await expect(loggedOut).resolves.toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a logout while the session is still being written', () => {
  it('leaves the storage empty', async () => {
    const app = manualApp()
    await app.store.ready()
    const gate = Promise.withResolvers<void>()
    app.storage.before = (operation) => (operation === 'setItem' ? gate.promise : undefined)

    const signedIn = app.store.setTokens(firstPair)
    void app.store.logout()
    gate.resolve()
    await signedIn
    await turns(50)

    expect(app.storage.entries.size).toBe(0)
  })

  it('leaves the storage empty where the write ends only after the bound', async () => {
    const app = manualApp({ backend: { logout: async () => {} } })
    await app.store.ready()
    const gate = Promise.withResolvers<void>()
    app.storage.before = (operation) => (operation === 'setItem' ? gate.promise : undefined)

    void app.store.setTokens(firstPair)
    void app.store.logout()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)
    gate.resolve()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)

    expect(app.storage.entries.size).toBe(0)
  })

  it('leaves the storage empty, at whatever turn it comes', async () => {
    for (let pause = 0; pause < 60; pause++) {
      const app = await signedInApp({ backend: { refresh: async () => nextPair, logout: async () => {} } })
      void app.store.refresh().catch(() => {})
      await turns(pause)

      void app.store.logout()
      await turns(100)

      expect(app.storage.entries.size, `signed out ${pause} turns into a refresh`).toBe(0)
      expect(app.store.accessToken).toBeNull()
    }
  })
})

describe('what the application does at the end of a session', () => {
  const boom = () => {
    throw new Error('boom')
  }

  it('may throw: the session is over, and the error is told once', async () => {
    const app = await signedInApp({ onSessionEnd: boom, backend: { logout: async () => {} } })

    await expect(app.store.logout()).resolves.toBeUndefined()

    expect(app.store.status).toBe('anonymous')
    expect(app.storage.entries.size).toBe(0)
    expect(app.errors).toEqual([new Error('boom')])
  })

  it('may reject: the error is told once, and no rejection is left behind', async () => {
    const app = await signedInApp({ onSessionEnd: async () => boom(), backend: { logout: async () => {} } })

    const unhandled = await unhandledRejections(() => app.store.logout())

    expect(unhandled).toEqual([])
    expect(app.errors).toEqual([new Error('boom')])
  })

  it('sees that the session is over', async () => {
    const seen: unknown[] = []
    const app = await signedInApp({
      onSessionEnd: () => void seen.push(app.store.status, app.store.accessToken, app.storage.entries.size),
    })

    void app.store.logout()

    expect(seen).toEqual(['anonymous', null, 0])
  })

  it('may begin another session there and then', async () => {
    const app = await signedInApp({
      onSessionEnd: () => void app.store.setTokens(nextPair),
      backend: { logout: async () => {} },
    })

    await app.store.logout()
    await turns(50)

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT2' })
    expect(app.stored()).toBe('RT2')
  })

  it('may sign out there and then, which changes nothing', async () => {
    const ends: string[] = []
    const app = await signedInApp({
      onSessionEnd: (reason) => {
        ends.push(reason)
        void app.store.logout()
      },
      backend: { logout: async () => {} },
    })

    await app.store.logout()

    expect(ends).toEqual(['logout'])
  })
})
