import axios from 'axios'
import { createPinia, defineStore } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import type { App } from 'vue'
import { type AuthAxiosOptions, authAxios, createAuthAxios, useAuthStore, useHttp } from '../../src/index.ts'
import { emptyApp } from '../support/empty-app.ts'
import { expectConsole } from '../support/expect-console.ts'
import { firstPair, manualApp, signedInApp } from '../support/manual-app.ts'
import { manualBackend } from '../support/manual-backend.ts'
import { failure } from '../support/outcomes.ts'
import { recordingAdapter } from '../support/recording-adapter.ts'
import { turns } from '../support/turns.ts'

const baseURL = 'https://api.ok'

/** Options that reach no network. */
const offline = (more: AuthAxiosOptions = {}): AuthAxiosOptions => ({
  backend: manualBackend().backend,
  ...more,
})

const mounted = (app: App<object>): App<object> => {
  app.mount({})
  return app
}

const withPinia = () => {
  const pinia = createPinia()
  return { pinia, app: emptyApp().use(pinia) }
}

describe('the plugin', () => {
  it('is installed without options', async () => {
    const { app, pinia } = withPinia()

    mounted(app.use(authAxios))

    expect(app.runWithContext(() => useHttp()).defaults.adapter).toBeDefined()
    await useAuthStore(pinia).ready()
    expect(useAuthStore(pinia).status).toBe('anonymous')
    app.unmount()
  })

  it('is installed with options', () => {
    const { app, pinia } = withPinia()

    mounted(app.use(authAxios, offline({ axios: { baseURL } })))

    expect(app.runWithContext(() => useHttp()).defaults.baseURL).toBe(baseURL)
    expect(useAuthStore(pinia).status).toBe('pending')
    app.unmount()
  })

  it('may be installed in many applications, each with a session of its own', async () => {
    const [first, second] = [withPinia(), withPinia()]
    mounted(first.app.use(authAxios, offline()))
    mounted(second.app.use(authAxios, offline()))

    await useAuthStore(first.pinia).setTokens(firstPair)
    await useAuthStore(second.pinia).ready()

    expect(useAuthStore(first.pinia).status).toBe('authenticated')
    expect(useAuthStore(second.pinia).status).toBe('anonymous')
    first.app.unmount()
    second.app.unmount()
  })

  it('is ignored by Vue, with its own warning, where it is installed again', () => {
    expectConsole('warn', 'Plugin has already been applied')
    const { app } = withPinia()

    mounted(app.use(authAxios, offline()).use(authAxios, offline()))

    app.unmount()
  })
})

describe('an instance', () => {
  it('is made of the settings', () => {
    const { http } = createAuthAxios(offline({ axios: { baseURL, timeout: 7 } }))

    expect(http.defaults).toMatchObject({ baseURL, timeout: 7 })
  })

  it('is adopted where it is one, and its own interceptors stay', async () => {
    const { adapter, sent } = recordingAdapter()
    const own = axios.create({ baseURL, adapter })
    own.interceptors.request.use((config) => {
      config.headers.set('X-Own', 'yes')
      return config
    })
    const { auth } = await signedInApp({ axios: own })

    await own.get('/x')

    expect(auth.http).toBe(own)
    expect(sent[0]?.headers.toJSON()).toMatchObject({ 'X-Own': 'yes', Authorization: 'Bearer AT1' })
  })

  it('is the `$http` of the templates: the first one that was installed', () => {
    const staff = createAuthAxios(offline({ id: 'staff' }))
    const { app, auth } = manualApp({}, (application) => application.use(staff))

    expect(app.config.globalProperties.$http).toBe(staff.http)
    expect(app.config.globalProperties.$http).not.toBe(auth.http)
  })

  it('may be further attached: one session and one refresh serve them all', async () => {
    const { adapter, authorizations } = recordingAdapter(({ headers }) => ({
      status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401,
    }))
    const { auth, refreshes } = await signedInApp({ axios: { baseURL, adapter } })
    const files = axios.create({ baseURL: 'https://files.ok', adapter })

    expect(auth.attach(files)).toBe(files)
    const answers = Promise.all([auth.http.get('/x'), files.get('/y')])
    await turns(30)
    expect(refreshes).toHaveLength(1)
    refreshes[0]?.answer({ access_token: 'AT2' })
    await answers

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1', 'Bearer AT2', 'Bearer AT2'])
  })

  it('may be attached before the install, and twice', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const files = axios.create({ baseURL: 'https://files.ok', adapter })
    const auth = createAuthAxios(offline({ id: 'staff', axios: { baseURL, adapter } }))
    auth.attach(auth.attach(files))
    auth.attach(auth.http)
    manualApp({}, (app) => app.use(auth))
    await auth.useStore().setTokens(firstPair)

    await files.get('/x')
    await auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1'])
    expect((files.interceptors.request.handlers ?? []).filter(Boolean)).toHaveLength(1)
    expect((auth.http.interceptors.request.handlers ?? []).filter(Boolean)).toHaveLength(1)
  })
})

describe('a request before the install', () => {
  it('rejects, and says what to do, each time', async () => {
    const { adapter, sent } = recordingAdapter()
    const { http, attach } = createAuthAxios(offline({ axios: { baseURL, adapter } }))
    const further = attach(axios.create({ baseURL, adapter }))

    for (const instance of [http, further, http]) {
      expect(String(await failure(instance.get('/x')))).toMatch(/no application yet.*app\.use\(/)
    }
    expect(sent).toHaveLength(0)
  })

  it('goes out where it wants nothing of the session', async () => {
    const { adapter, sent } = recordingAdapter()
    const { http } = createAuthAxios(offline({ axios: { baseURL, adapter } }))

    await http.get('/x', { withAuth: false })

    expect(sent).toHaveLength(1)
  })

  it('does not spoil the instance for the time after', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const auth = createAuthAxios(offline({ id: 'staff', axios: { baseURL, adapter } }))
    await failure(auth.http.get('/x'))
    manualApp({}, (app) => app.use(auth))
    await auth.useStore().setTokens(firstPair)

    await auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer AT1'])
  })
})

describe('an install that cannot be', () => {
  it('without Pinia says what to do, each time, and may be made good for', () => {
    const auth = createAuthAxios(offline())
    const app = emptyApp()

    for (const attempt of [1, 2]) {
      expect(() => auth.install(app), `attempt ${attempt}`).toThrow(/Pinia.*app\.use\(createPinia\(\)\)/)
    }
    const pinia = createPinia()
    app.use(pinia)
    auth.install(app)
    mounted(app)

    expect(auth.useStore().status).toBe('pending')
    app.unmount()
  })

  it('under an id that is taken says what to do, each time, and leaves the first one alone', async () => {
    const { app, store, auth } = await signedInApp()
    const second = createAuthAxios(offline())

    for (const attempt of [1, 2]) {
      expect(() => second.install(app), `attempt ${attempt}`).toThrow(/"auth".*createAuthAxios\(\{ id:/)
    }

    expect(store.status).toBe('authenticated')
    expect(app.runWithContext(() => useHttp())).toBe(auth.http)
  })

  it('over a store of the application says what to do, and leaves that store alone', () => {
    const { app, pinia } = withPinia()
    const own = defineStore('auth', () => ({ mine: true }))(pinia)

    expect(() => createAuthAxios(offline()).install(app)).toThrow(/already has a store "auth"/)
    expect(own.mine).toBe(true)
  })

  it('in a second application says what to do, and leaves the first one alone', async () => {
    const { auth, store } = await signedInApp()
    const second = withPinia()

    for (const attempt of [1, 2]) {
      expect(() => auth.install(second.app), `attempt ${attempt}`).toThrow(/another application.*app factory/)
    }
    expect(store.status).toBe('authenticated')
    expect(second.pinia.state.value).toEqual({})
  })

  it('throws plain errors', () => {
    for (const install of [
      () => createAuthAxios(offline()).install(emptyApp()),
      () => createAuthAxios(offline()).install(manualApp().app),
    ]) {
      try {
        install()
        expect.unreachable()
      } catch (error) {
        expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
        expect(String(error)).not.toContain('unreachable')
      }
    }
  })
})

describe('an application that is unmounted', () => {
  it('releases the plugin for the next one', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const { app, auth, storage } = await signedInApp({ axios: { baseURL, adapter } })
    const files = auth.attach(axios.create({ baseURL: 'https://files.ok', adapter }))

    app.unmount()
    const next = withPinia()
    mounted(next.app.use(auth))
    await auth.useStore().ready()

    expect(storage.entries.size).toBe(1)
    expect(auth.useStore().status).toBe('authenticated')
    await auth.http.get('/x')
    await files.get('/x')
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1'])
    next.app.unmount()
  })

  it('leaves nothing on the instances, nor in Pinia', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const { app, auth, pinia } = await signedInApp({ axios: { baseURL, adapter } })
    const files = auth.attach(axios.create({ baseURL: 'https://files.ok', adapter }))

    app.unmount()

    for (const instance of [auth.http, files]) {
      expect((instance.interceptors.request.handlers ?? []).filter(Boolean)).toEqual([])
      expect((instance.interceptors.response.handlers ?? []).filter(Boolean)).toEqual([])
    }
    await auth.http.get('/x')
    expect(authorizations()).toEqual([undefined])
    expect(pinia.state.value).toEqual({})
    expect(() => auth.useStore(pinia)).toThrow('not installed')
  })

  it('leaves no timer behind', async () => {
    vi.useFakeTimers()
    try {
      const { adapter } = recordingAdapter(() => ({ status: 401 }))
      const { app, auth, storage } = await signedInApp({ axios: { baseURL, adapter } })
      const sending = failure(auth.http.get('/x'))
      await turns(30)
      storage.before = () => new Promise<never>(() => {})
      void auth.useStore().setTokens(firstPair)
      await turns(30)
      expect(vi.getTimerCount()).toBeGreaterThan(0)

      app.unmount()
      await sending

      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('leaves the other identity of a shared Pinia alone', async () => {
    const pinia = createPinia()
    const [first, second] = [createAuthAxios(offline()), createAuthAxios(offline({ id: 'staff' }))]
    const apps = [emptyApp().use(pinia).use(first), emptyApp().use(pinia).use(second)].map(mounted)
    await second.useStore().setTokens(firstPair)

    apps[0]?.unmount()

    expect(second.useStore().status).toBe('authenticated')
    apps[1]?.unmount()
  })
})
