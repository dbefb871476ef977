import { inspect } from 'node:util'
import { createPinia, disposePinia, setActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthAxios, useAuthStore } from '../../../src/index.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { manualBackend } from '../../support/manual-backend.ts'
import { ada } from '../../support/people.ts'
import { reaches } from '../../support/reachable.ts'
import { turns } from '../../support/turns.ts'

afterEach(() => {
  setActivePinia(undefined)
})

describe('the state of the store', () => {
  it('is the status and the user, and no more', async () => {
    const { store, pinia } = await signedInApp({ backend: { user: async () => ada } })
    await turns(20)

    expect(store.$state).toEqual({ status: 'authenticated', user: ada })
    expect(pinia.state.value).toEqual({ auth: { status: 'authenticated', user: ada } })
  })

  it('never holds a token, whoever serialises or logs it', async () => {
    const app = await signedInApp(
      { backend: { refresh: async () => nextPair } },
      { ...firstPair, id_token: 'ID1' },
    )
    const events: unknown[] = []
    app.store.$subscribe((mutation, state) => void events.push(mutation, state), { flush: 'sync' })
    await app.store.refresh()
    await app.store.setTokens(firstPair)

    for (const secret of ['AT1', 'RT1', 'ID1', 'AT2', 'RT2']) {
      expect(JSON.stringify(app.pinia.state.value)).not.toContain(secret)
      expect(inspect(app.pinia.state.value, { depth: 9, showHidden: true })).not.toContain(secret)
      expect(JSON.stringify(app.store.$state)).not.toContain(secret)
      expect(reaches(JSON.parse(JSON.stringify(events)), secret)).toBe(false)
    }
  })

  it('is pending at first, whatever a server rendered', async () => {
    const app = manualApp({}, ({ config }) => {
      config.globalProperties.$pinia.state.value.auth = { status: 'authenticated', user: ada }
    })

    expect(app.store).toMatchObject({ status: 'pending', isAuthenticated: false, accessToken: null })
    await app.store.ready()
    expect(app.store).toMatchObject({ status: 'anonymous', user: null })
  })
})

describe('the getters of the store', () => {
  it('say nothing without a session', async () => {
    const { store } = manualApp()
    await store.ready()

    expect(store).toMatchObject({
      isAuthenticated: false,
      isRefreshing: false,
      accessToken: null,
      tokens: null,
      expiresAt: null,
    })
  })

  it('tell of the session', async () => {
    const { store } = await signedInApp({}, { ...firstPair, expires_in: 300, scope: 'read' })

    expect(store.accessToken).toBe('AT1')
    expect(store.expiresAt).toBeGreaterThan(Date.now())
    expect(store.tokens).toEqual({
      accessToken: 'AT1',
      refreshToken: 'RT1',
      tokenType: 'Bearer',
      expiresAt: store.expiresAt,
      scope: 'read',
    })
  })

  it('do not know the end of an opaque token', async () => {
    const { store } = await signedInApp()

    expect(store.expiresAt).toBeNull()
  })
})

describe('useAuthStore', () => {
  it('gives the store of the identity `auth`, inside the application', () => {
    const { app, store } = manualApp()

    expect(app.runWithContext(() => useAuthStore())).toBe(store)
  })

  it('gives it outside, by its Pinia', () => {
    const { pinia, store } = manualApp()

    expect(useAuthStore(pinia)).toBe(store)
  })

  it('is named like every store of Pinia', () => {
    expect(useAuthStore.$id).toBe('auth')
  })

  it('says what to do where the plugin is not installed, each time, and leaves no half-made store behind', () => {
    const pinia = createPinia()

    for (const attempt of [1, 2, 3]) {
      expect(() => useAuthStore(pinia), `attempt ${attempt}`).toThrow(
        /auth store "auth" is not installed.*app\.use\(authAxios\)/,
      )
    }
    expect(pinia.state.value).toEqual({})
  })

  it('says what to do where there is no Pinia', () => {
    expectConsole('error', 'Pinia instance not found')

    expect(() => useAuthStore()).toThrow('Call app.use(authAxios) first')
  })

  it('does not find another identity', () => {
    const { pinia } = manualApp({ id: 'staff' })

    expect(() => useAuthStore(pinia)).toThrow('"auth" is not installed')
  })

  it('does not find an identity whose application is gone', () => {
    const { app, pinia } = manualApp()
    app.unmount()

    expect(() => useAuthStore(pinia)).toThrow('"auth" is not installed')
    expect(pinia.state.value).toEqual({})
  })

  it('finds it once the plugin is installed, also where it was asked too early', () => {
    const pinia = createPinia()
    const auth = createAuthAxios({ backend: manualBackend().backend })
    expect(() => auth.useStore(pinia)).toThrow('is not installed')

    const app = emptyApp().use(pinia).use(auth)
    app.mount({})

    expect(auth.useStore(pinia).status).toBe('pending')
    expect(useAuthStore(pinia)).toBe(auth.useStore())
    app.unmount()
  })
})

describe('the store of another identity', () => {
  it('is that of its AuthAxios, beside the first one and apart from it', async () => {
    const staff = createAuthAxios({ id: 'staff', backend: manualBackend().backend })
    const { pinia, store } = await signedInApp({}, firstPair, (app) => app.use(staff))
    await staff.useStore().ready()

    expect(staff.useStore().$id).toBe('staff')
    expect(staff.useStore(pinia)).toBe(staff.useStore())
    expect([store.status, staff.useStore().status]).toEqual(['authenticated', 'anonymous'])

    await staff.useStore().setTokens({ access_token: 'AT9' })
    expect([store.accessToken, staff.useStore().accessToken]).toEqual(['AT1', 'AT9'])
  })
})

describe('a Pinia that is disposed of', () => {
  it('breaks nothing', async () => {
    const { app, pinia } = await signedInApp()

    disposePinia(pinia)

    expect(() => app.unmount()).not.toThrow()
  })
})
