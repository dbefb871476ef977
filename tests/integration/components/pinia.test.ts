// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { acceptHMRUpdate, createPinia, defineStore, getActivePinia, setActivePinia } from 'pinia'
import { createPersistedState } from 'pinia-plugin-persistedstate'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick, ref, watch } from 'vue'
import { useAuthStore, useHttp } from '../../../src/index.ts'
import { gate } from '../../support/gate.ts'
import { type MountSettings, type MountedApp, mountApp } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { failure, times } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import OptionsBadge from './fixtures/OptionsBadge.vue'
import SessionBadge from './fixtures/SessionBadge.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

/** An application of somebody who has signed in. */
async function signedIn(settings?: MountSettings): Promise<MountedApp> {
  const app = mountApp(SessionBadge, settings)
  await app.store.ready()
  await app.store.setTokens(api.grant())
  await expect.poll(() => app.store.user).toEqual(ada)
  return app
}

const tokensIn = (value: unknown) => JSON.stringify(value)?.match(/[AR]T-\d+/g) ?? []

describe('the state of the store', () => {
  test('is the status and the user, with no token in it', async () => {
    const { pinia, store } = await signedIn()

    expect(store.$state).toEqual({ status: 'authenticated', user: ada })
    expect(pinia.state.value).toEqual({ authAxios: { status: 'authenticated', user: ada } })
    expect(tokensIn(pinia.state.value)).toEqual([])
  })

  test('holds no token at any moment of a visit: sign-in, refresh, failure, sign-out', async () => {
    const app = mountApp(OptionsBadge) // which reads the tokens
    const found: string[] = []
    watch(app.pinia.state, (state) => found.push(...tokensIn(state)), { deep: true, flush: 'sync' })

    await app.store.login({ username: 'ada', password: 'ada' }, { redirect: false })
    await app.store.refresh()
    api.isRefusing = true
    await failure(app.store.refresh())
    api.isRefusing = false
    await app.store.login({ username: 'ada', password: 'ada' }, { redirect: false })
    await app.store.logout({ redirect: false })

    expect(found).toEqual([])
    expect(tokensIn({ ...localStorage })).toEqual([])
  })

  test('gives a plugin that keeps every store nothing worth stealing', async () => {
    const kept: string[] = []
    const pinia = createPinia()
    pinia.use(({ store }) => {
      store.$subscribe((_mutation, state) => kept.push(JSON.stringify(state)), { flush: 'sync' })
    })

    const app = await signedIn({ pinia })
    await app.store.refresh()
    await app.store.logout({ redirect: false })

    expect(kept.length).toBeGreaterThan(0)
    expect(tokensIn(kept)).toEqual([])
  })
})

describe('$subscribe', () => {
  test('tells of a sign-in, of its user and of a sign-out, and not of a refresh', async () => {
    const { store } = mountApp(SessionBadge)
    await store.ready()
    await nextTick()
    const states: unknown[] = []
    store.$subscribe((_mutation, { status, user }) => void states.push([status, user?.name]))

    await store.login({ username: 'ada', password: 'ada' }, { redirect: false })
    await nextTick()
    await store.refresh()
    await nextTick()
    await store.logout({ redirect: false })
    await nextTick()

    expect(states).toEqual([
      ['authenticated', ada.name],
      ['anonymous', undefined],
    ])
  })

  test('names the store, and stops when it is told to', async () => {
    const { store } = mountApp(SessionBadge)
    const listener = vi.fn()
    const stop = store.$subscribe(listener, { flush: 'sync' })
    await store.ready()
    expect(listener.mock.calls[0]?.[0]).toMatchObject({ storeId: 'authAxios' })
    listener.mockClear()

    stop()
    await store.setTokens(api.grant())

    expect(listener).not.toHaveBeenCalled()
  })

  test('may send a request and wait for it, in the midst of a sign-out', async () => {
    const { auth, store } = await signedIn()
    const answers: unknown[] = []
    store.$subscribe((_mutation, { status }) => {
      answers.push(
        status,
        auth.http.get('/items/1', { withAuth: false }).catch(({ status: code }) => code),
      )
    })

    await store.logout({ redirect: false })
    await nextTick()

    expect(await Promise.all(answers)).toEqual(['anonymous', 401])
  })
})

describe('$onAction', () => {
  test('tells of a sign-in with its credentials, and of its end', async () => {
    const { store } = mountApp(SessionBadge)
    const told: unknown[] = []
    store.$onAction(({ name, args, after, onError }) => {
      told.push([name, ...args])
      after(() => told.push(`${name} done`))
      onError((error) => told.push(Object(error).status))
    })

    await failure(store.login({ username: 'ada', password: 'wrong' }))
    await store.login({ username: 'ada', password: 'ada' }, { redirect: false })

    expect(told).toEqual([
      ['login', { username: 'ada', password: 'wrong' }],
      401,
      ['login', { username: 'ada', password: 'ada' }, { redirect: false }],
      'login done',
    ])
  })

  test('tells once of the refresh that a request with a dead token needs', async () => {
    const { auth, store } = await signedIn()
    const told: string[] = []
    store.$onAction(({ name, after }) => {
      told.push(name)
      after(() => told.push(`${name} done`))
    })
    api.expire()

    await Promise.all(times(12, (index) => auth.http.get(`/items/${index}`)))

    expect(told.filter((name) => name === 'refresh done').length).toBe(
      told.filter((name) => name === 'refresh').length,
    )
    expect(new Set(told)).toEqual(new Set(['refresh', 'refresh done']))
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('tells why a refresh failed, without a token', async () => {
    const { store } = await signedIn()
    const onError = vi.fn()
    store.$onAction((action) => action.onError(onError))
    api.isRefusing = true

    await failure(store.refresh())

    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ERR_AUTH_EXPIRED' }))
    expect(tokensIn(onError.mock.calls)).toEqual([])
  })
})

describe('$patch and $reset', () => {
  test('a patched user is shown, and the session goes on', async () => {
    const app = await signedIn()

    app.store.$patch({ user: { ...ada, name: 'Countess Lovelace' } })
    await nextTick()

    expect(app.text()).toContain('authenticated Countess Lovelace')
    expect((await app.auth.http.get('/items/1')).status).toBe(200)
  })

  test('a patched user gives way to what the server says, and to the sign-out', async () => {
    const app = await signedIn()
    app.store.$patch((state) => {
      state.user = bob as never
    })

    await app.store.fetchUser()
    expect(app.store.user).toEqual(ada)
    app.store.$patch({ user: bob as never })
    await app.store.logout({ redirect: false })

    expect(app.store.$state).toEqual({ status: 'anonymous', user: null })
  })

  test('finding 43: $reset shows the session as it is, whatever was patched from outside', async () => {
    const { auth, store } = await signedIn()
    store.$patch((state) => Object.assign(state, { status: 'pending', user: bob }))
    expect(store.user).toEqual(bob)

    store.$reset()

    expect(store.$state).toEqual({ status: 'authenticated', user: ada })
    expect((await auth.http.get('/items/1')).status).toBe(200)
  })

  test('finding 43: a plugin that resets all stores neither signs out nor leaves `pending` behind', async () => {
    const pinia = createPinia()
    pinia.use(({ store }) => {
      const initial = JSON.parse(JSON.stringify(store.$state))
      store.$reset = () => store.$patch((state) => Object.assign(state, initial))
    })
    const app = await signedIn({ pinia })
    const { store } = app

    store.$reset()
    store.$patch({ status: 'pending', user: null })
    store.$state = { status: 'pending', user: null }
    await nextTick()

    expect(store.$state).toEqual({ status: 'authenticated', user: ada })
    expect(app.text()).toContain('authenticated')
    expect((await app.auth.http.get('/items/1')).status).toBe(200)
    await store.logout({ redirect: false })
    store.$reset()
    expect(store.$state).toEqual({ status: 'anonymous', user: null })
    await store.ready()
  })

  test('finding 42: a store of the application may be named `auth`, and neither gets the other', async () => {
    const { pinia, store } = await signedIn()
    const useAuth = defineStore('auth', { state: () => ({ theme: 'dark' }) })

    expect(useAuth(pinia).$state).toEqual({ theme: 'dark' })
    expect(useAuth(pinia)).not.toBe(store)
    expect(useAuthStore(pinia)).toBe(store)
  })

  test('finding 51: a plugin that persists every store finds no token, and cannot say who is signed in', async () => {
    const persisted = () => createPinia().use(createPersistedState({ auto: true, storage: localStorage }))
    localStorage.setItem('authAxios', JSON.stringify({ status: 'expired', user: bob }))

    const first = await signedIn({ pinia: persisted() })
    expect(first.store.$state).toEqual({ status: 'authenticated', user: ada })
    await first.store.refresh()
    await nextTick()
    expect(tokensIn(localStorage.getItem('authAxios'))).toEqual([])
    first.unmount()

    const { store } = mountApp(SessionBadge, { pinia: persisted() })
    await store.ready()
    expect(store.isAuthenticated).toBe(true)
    await store.logout({ redirect: false })
    expect(store.$state).toEqual({ status: 'anonymous', user: null })
  })
})

describe('other stores', () => {
  const useCart = defineStore('cart', () => {
    const http = useHttp()
    const auth = useAuthStore()
    const items = ref<string[]>([])
    async function load(): Promise<void> {
      const { data } = await http.get('/items/1')
      items.value = [data.name, String(auth.user?.name)]
    }
    return { items, load }
  })

  test('use the instance and the session in their setup', async () => {
    const { pinia, store } = await signedIn()
    expect(store.isAuthenticated).toBe(true)
    api.expire()
    const cart = useCart(pinia)

    await cart.load()

    expect(cart.items).toEqual(['Item 1', ada.name])
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('empty themselves when the session ends', async () => {
    const { pinia, store } = await signedIn()
    const cart = useCart(pinia)
    await cart.load()
    watch(
      () => store.isAuthenticated,
      (isAuthenticated) => {
        if (!isAuthenticated) cart.items = []
      },
    )

    await store.logout({ redirect: false })

    expect(cart.items).toEqual([])
  })
})

describe('useAuthStore outside components', () => {
  test('takes the pinia of the application', async () => {
    const { pinia, store } = await signedIn()

    expect(useAuthStore(pinia)).toBe(store)
  })

  test('takes the active pinia, as other stores do', async () => {
    const { pinia, store } = await signedIn()
    const before = getActivePinia()
    setActivePinia(pinia)

    expect(useAuthStore()).toBe(store)
    setActivePinia(before)
  })

  test('says what to do where the library is not installed, every time, and leaves no half-made store', () => {
    const pinia = createPinia()

    for (const _time of [1, 2]) {
      expect(() => useAuthStore(pinia)).toThrow('Call app.use(authAxios) first')
    }
    expect(pinia.state.value).toEqual({})
    expect(mountApp(SessionBadge, { pinia }).text()).toBe('pending')
  })

  test('has an id, as `acceptHMRUpdate` and devtools expect', () => {
    expect(useAuthStore.$id).toBe('authAxios')
    expect(() => acceptHMRUpdate(useAuthStore, {})).not.toThrow()
  })
})

test('a request that waits before the session is known shows up once it is', async () => {
  const read = gate()
  const storage = { getItem: () => read.passed.then(() => null), setItem: () => {}, removeItem: () => {} }
  const app = mountApp(SessionBadge, { auth: { storage } })
  const answer = failure(app.auth.http.get('/items/1'))
  expect(app.store.$state).toEqual({ status: 'pending', user: null })

  read.open()

  expect(await answer).toMatchObject({ status: 401 })
  expect(api.to('/items')).toEqual([{ method: 'GET', path: '/items/1', authorization: null }])
})
