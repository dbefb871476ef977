import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/index.ts'
import { type ManualApp, firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { failure, outcomes } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

describe('the user', () => {
  it('is loaded into the store, and given to whoever asked', async () => {
    const app = await signedInApp({ backend: { user: async () => ada } })

    expect(await app.store.fetchUser()).toEqual(ada)
    expect(app.store.user).toEqual(ada)
  })

  it('is loaded through the instance of the application', async () => {
    const app = await signedInApp()
    const given: unknown[] = []
    app.backend.user = async (http) => {
      given.push(http)
      return ada
    }

    await app.store.fetchUser()

    expect(given).toEqual([app.auth.http])
  })

  it('is the newest that was loaded', async () => {
    const users = [ada, bob]
    const app = await signedInApp()
    app.backend.user = async () => users.shift() ?? ada

    await app.store.fetchUser()
    await app.store.fetchUser()

    expect(app.store.user).toEqual(bob)
  })

  it('stays where loading him again fails, and the error is that of the backend', async () => {
    const error = new Error('503')
    const app = await signedInApp({ backend: { user: async () => ada } })
    await app.store.fetchUser()
    app.backend.user = () => Promise.reject(error)

    expect(await failure(app.store.fetchUser())).toBe(error)
    expect(app.store.user).toEqual(ada)
    expect(app.errors).toEqual([])
  })

  it('cannot be loaded without a session', async () => {
    const app = manualApp({ backend: { user: async () => ada } })

    expect(await failure(app.store.fetchUser())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.store.user).toBeNull()
  })

  it('cannot be loaded where the backend does not know how: the error says what to do', async () => {
    const app = await signedInApp()

    expect(String(await failure(app.store.fetchUser()))).toMatch(
      /backend has no `user`.*httpBackend\(\{ user:/,
    )
  })

  it('does not come into another session than the one he was asked for', async () => {
    const gate = Promise.withResolvers<typeof ada>()
    const app = await signedInApp()
    app.backend.user = () => gate.promise
    const fetched = failure(app.store.fetchUser())
    await turns(20)
    app.backend.user = async () => bob

    await app.store.setTokens(nextPair)
    gate.resolve(ada)

    expect(await fetched).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    await turns(20)
    expect(app.store.user).toEqual(bob)
  })

  it('does not come after a logout, at whatever turn that comes', async () => {
    for (let pause = 0; pause < 20; pause++) {
      const gate = Promise.withResolvers<typeof ada>()
      const app = await signedInApp({ backend: { logout: async () => {} } })
      app.backend.user = () => gate.promise
      const fetched = outcomes([app.store.fetchUser()])
      gate.resolve(ada)
      await turns(pause)

      await app.store.logout()
      await fetched

      expect(app.store.user, `signed out ${pause} turns after he came`).toBeNull()
    }
  })

  it('does not come after a logout', async () => {
    const gate = Promise.withResolvers<typeof ada>()
    const app = await signedInApp({ backend: { logout: async () => {} } })
    app.backend.user = () => gate.promise
    const fetched = failure(app.store.fetchUser())
    await turns(20)

    await app.store.logout()
    gate.resolve(ada)

    expect(await fetched).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store.user).toBeNull()
  })
})

describe('a user who loads beside a session that begins', () => {
  const loadFails = async (error: unknown) => {
    const app = manualApp({ backend: { user: () => Promise.reject(error) } })
    const unhandled = await unhandledRejections(() => app.store.setTokens(firstPair))
    expect(unhandled).toEqual([])
    return app
  }

  it('is missed where he cannot be loaded: the application is told', async () => {
    const error = new Error('503')

    expect((await loadFails(error)).errors).toEqual([error])
  })

  it('is missed where a refresh could not be made for him: the session is still there', async () => {
    expect((await loadFails(new AuthError('ERR_AUTH_REFRESH'))).errors).toHaveLength(1)
  })

  it.each<[string, (app: ManualApp) => unknown]>([
    ['expired', ({ store }) => store.refresh().catch(() => {})],
    ['was signed out', ({ store }) => store.logout()],
    ['was replaced', ({ store }) => store.setTokens(nextPair)],
  ])('is not worth a word where his session %s meanwhile: that shows by itself', async (_, end) => {
    const gate = Promise.withResolvers<typeof ada>()
    const users = [gate.promise, Promise.resolve(bob)]
    const app = manualApp({
      backend: {
        user: () => users.shift() ?? gate.promise,
        refresh: async () => null,
        logout: async () => {},
      },
    })

    const unhandled = await unhandledRejections(async () => {
      await app.store.setTokens(firstPair)
      await end(app)
      gate.reject(new Error('401'))
    })

    expect([app.errors, unhandled]).toEqual([[], []])
  })

  it('is missed where the backend throws at once', async () => {
    const app = manualApp({
      backend: {
        user: () => {
          throw new Error('broken')
        },
      },
    })

    expect(await unhandledRejections(() => app.store.setTokens(firstPair))).toEqual([])
    expect(app.errors).toEqual([new Error('broken')])
    expect(app.store.status).toBe('authenticated')
  })
})
