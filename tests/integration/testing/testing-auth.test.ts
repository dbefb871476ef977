// @vitest-environment happy-dom

import { createTestingPinia } from '@pinia/testing'
import { mount } from '@vue/test-utils'
import axios, { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import MockAdapter from 'axios-mock-adapter'
import { type Pinia, createPinia, defineStore } from 'pinia'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApp, defineComponent, h, nextTick, onMounted } from 'vue'
import { type AuthBackend, httpBackend, useAuthStore, useHttp } from 'vue-auth-axios'
import { type TestingAuth, type TestingAuthOptions, createTestingAuth } from 'vue-auth-axios/testing'
import { createMemoryHistory, createRouter } from 'vue-router'
import { failure } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { calm } from '../../support/visitor.ts'

beforeEach(() => localStorage.clear())
afterEach(() => {
  vi.restoreAllMocks()
  const stored = Object.keys({ ...localStorage, ...sessionStorage })
  expect(stored.filter((key) => !key.startsWith('vue-router'))).toEqual([])
})

const pinias: [string, () => Pinia][] = [
  ['createPinia()', createPinia],
  ['createTestingPinia()', () => createTestingPinia({ createSpy: vi.fn })],
  [
    'createTestingPinia() with everything stubbed',
    () => createTestingPinia({ createSpy: vi.fn, stubPatch: true, stubReset: true }),
  ],
  [
    'createTestingPinia({ stubActions: false })',
    () => createTestingPinia({ createSpy: vi.fn, stubActions: false }),
  ],
]

/** What a component saw when it was set up, and what it shows. */
function watcher() {
  const seen: unknown[] = []
  const component = defineComponent(() => {
    const auth = useAuthStore()
    const look = () => [auth.status, auth.isAuthenticated, auth.user?.name]
    seen.push(look())
    onMounted(() => seen.push(look()))
    return () => h('p', `${auth.status} ${auth.user?.name ?? 'nobody'}`)
  })
  return { seen, component }
}

/** Takes the application away at the end of the test. */
function show(auth: TestingAuth, pinia: Pinia = createPinia(), component = watcher().component) {
  const wrapper = mount(component, { global: { plugins: [pinia, auth] } })
  onTestFinished(() => wrapper.unmount())
  return wrapper
}

/** Answers every request with its own `Authorization`. */
const echo = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => ({
  config,
  data: config.headers.get('Authorization') ?? null,
  status: 200,
  statusText: 'OK',
  headers: {},
})

const withEcho = (options: TestingAuthOptions = {}) =>
  createTestingAuth({ axios: { adapter: echo }, ...options })

describe.each(pinias)('beside %s', (_name, pinia) => {
  const states: [TestingAuthOptions, string, boolean, string | undefined][] = [
    [{}, 'authenticated', true, undefined],
    [{ user: ada }, 'authenticated', true, ada.name],
    [{ status: 'authenticated', user: ada }, 'authenticated', true, ada.name],
    [{ status: 'anonymous' }, 'anonymous', false, undefined],
    [{ status: 'expired' }, 'expired', false, undefined],
    [{ status: 'pending' }, 'pending', false, undefined],
  ]

  test.each(states)(
    '%o is there when a component is set up, and stays',
    async (options, status, isSignedIn, name) => {
      const { seen, component } = watcher()

      const wrapper = show(createTestingAuth(options), pinia(), component)
      await calm()
      await nextTick()

      expect(seen).toEqual([
        [status, isSignedIn, name],
        [status, isSignedIn, name],
      ])
      expect(wrapper.text()).toBe(`${status} ${name ?? 'nobody'}`)
    },
  )

  test('requests carry the token, and survive its end', async () => {
    const auth = withEcho({ tokens: { access_token: 'first', refresh_token: 'RT' } })
    show(auth, pinia())

    expect((await auth.http.get('/items')).data).toBe('Bearer first')
    auth.expire()
    const { data } = await auth.http.get('/items')

    expect(data).toMatch(/^Bearer testing-access-\d+$/)
    expect(auth.requests.map(({ url }) => url)).toEqual(['/items', '/items'])
    expect(auth.requests.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer first', data])
  })

  test('a refused refresh ends the session', async () => {
    const onSessionEnd = vi.fn()
    const auth = withEcho({ user: ada, onSessionEnd })
    const wrapper = show(auth, pinia())
    auth.refuseRefresh()
    auth.expire()

    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    await nextTick()

    expect(wrapper.text()).toBe('expired nobody')
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', { cause: expect.any(Error) })
    expect(auth.requests).toEqual([])
  })
})

describe('createTestingPinia', () => {
  test('finding 49: its initial state of the user is shown, and stays', async () => {
    const initialState = { authAxios: { status: 'authenticated', user: ada } }
    const wrapper = show(createTestingAuth(), createTestingPinia({ createSpy: vi.fn, initialState }))

    await calm()

    expect(wrapper.text()).toBe(`authenticated ${ada.name}`)
  })

  test('spies on the actions that a component calls', async () => {
    const LoginButton = defineComponent(() => {
      const auth = useAuthStore()
      return () => h('button', { onClick: () => auth.login({ username: 'ada', password: 'ada' }) })
    })
    const auth = createTestingAuth({ status: 'anonymous' })
    const wrapper = show(auth, createTestingPinia({ createSpy: vi.fn }), LoginButton)

    await wrapper.get('button').trigger('click')

    expect(auth.useStore().login).toHaveBeenCalledExactlyOnceWith({ username: 'ada', password: 'ada' })
    expect(auth.useStore().status).toBe('anonymous')
  })
})

describe('the session', () => {
  test('a login signs in, a logout signs out, with no request', async () => {
    const auth = withEcho({ status: 'anonymous', user: ada })
    const wrapper = show(auth)
    const store = auth.useStore()

    await store.login({ username: 'ada', password: 'ada' })
    await nextTick()
    expect(wrapper.text()).toBe(`authenticated ${ada.name}`)
    await store.logout()
    await nextTick()

    expect(wrapper.text()).toBe('anonymous nobody')
    expect(auth.requests).toEqual([])
  })

  test('a refresh gives other tokens, and keeps the session', async () => {
    const auth = createTestingAuth({ user: ada })
    show(auth)
    const store = auth.useStore()
    const { accessToken, sessionId } = store

    const tokens = await store.refresh()

    expect(tokens?.accessToken).not.toBe(accessToken)
    expect(store.sessionId).toBe(sessionId)
    expect(store.user).toEqual(ada)
    expect(await store.fetchUser()).toEqual(ada)
  })

  test('the next session is refreshed, though the one before was refused', async () => {
    const auth = createTestingAuth()
    show(auth)
    const store = auth.useStore()
    auth.refuseRefresh()
    await failure(store.refresh())
    expect(store.status).toBe('expired')

    await store.login()

    await expect(store.refresh()).resolves.toMatchObject({ accessToken: expect.any(String) })
  })

  test('`expire` says so where there is no session', () => {
    const auth = createTestingAuth({ status: 'anonymous' })
    expect(() => auth.expire()).toThrow('There is no session')
    show(auth)
    expect(() => auth.expire()).toThrow('There is no session')
  })

  test('tokens that are none are refused at once', () => {
    expect(() => createTestingAuth({ tokens: { nothing: true } })).toThrow('createTestingAuth')
  })

  test('tells nobody of the session that began expired', () => {
    const onSessionEnd = vi.fn()
    show(createTestingAuth({ status: 'expired', onSessionEnd }))

    expect(onSessionEnd).not.toHaveBeenCalled()
  })
})

describe('routes', () => {
  const page = { render: () => h('p', 'page') }
  async function at(options: TestingAuthOptions, path: string) {
    const router = createRouter({
      history: createMemoryHistory(),
      routes: [
        { path: '/', component: page, meta: { auth: true } },
        { path: '/login', component: page, meta: { auth: 'guest' } },
        { path: '/admin', component: page, meta: { auth: (user) => user?.role === 'admin' } },
      ],
    })
    const wrapper = mount(
      { template: '<RouterView />' },
      { global: { plugins: [createTestingPinia({ createSpy: vi.fn }), createTestingAuth(options), router] } },
    )
    onTestFinished(() => wrapper.unmount())
    await router.push(path)
    return router.currentRoute.value.fullPath
  }

  test('are guarded by the status and the user asked for', async () => {
    expect(await at({}, '/')).toBe('/')
    expect(await at({ status: 'anonymous' }, '/')).toBe('/login?redirect=/')
    expect(await at({ status: 'expired' }, '/')).toBe('/login?redirect=/')
    expect(await at({}, '/login')).toBe('/')
    expect(await at({ user: ada }, '/admin')).toBe('/admin')
    expect(await at({ user: bob }, '/admin')).toBe('/')
  })
})

describe('a backend of the application', () => {
  test('is the one that is asked, but not for the user who was asked for', async () => {
    const user = vi.fn(async () => bob)
    const refresh = vi.fn(async () => ({ access_token: 'second' }))
    const auth = withEcho({
      user: ada,
      backend: { refresh, user, login: async () => ({ access_token: 'x' }) },
    })
    show(auth)
    const store = auth.useStore()

    auth.expire()
    expect((await auth.http.get('/items')).data).toBe('Bearer second')
    expect(await store.fetchUser()).toEqual(ada)
    expect(user).not.toHaveBeenCalled()
    await store.login()

    expect(store.user).toEqual(bob)
  })

  test('loads the user where none was asked for', async () => {
    const auth = createTestingAuth({ backend: { refresh: () => null, user: async () => bob } })
    const wrapper = show(auth)
    await calm()

    expect(wrapper.text()).toBe(`authenticated ${bob.name}`)
  })

  test('may be a class with private members, or keep its session in a cookie', async () => {
    class Backend implements AuthBackend {
      #turn = 1
      readonly resumable = true
      async refresh() {
        this.#turn += 1
        return { access_token: `mine-${this.#turn}` }
      }
    }
    const auth = withEcho({ status: 'anonymous', backend: new Backend() })
    const wrapper = show(auth)
    await calm()
    expect(wrapper.text()).toBe('anonymous nobody')

    await auth.useStore().setTokens({ access_token: 'mine-1' })

    expect(await auth.useStore().refresh()).toMatchObject({ accessToken: 'mine-2' })
  })

  test('whose requests are recorded as well', async () => {
    const adapter = async (config: InternalAxiosRequestConfig) => ({
      ...(await echo(config)),
      data: { access_token: 'AT-2', refresh_token: 'RT-2' },
    })
    const auth = createTestingAuth({ axios: { adapter, baseURL: '/api' }, backend: httpBackend() })
    show(auth)
    auth.expire()

    await auth.http.get('/items')

    expect(auth.requests.map(({ method, url }) => [method, url])).toEqual([
      ['post', '/auth/refresh'],
      ['get', '/items'],
    ])
  })

  test('that knows other refusals hears of the one that was asked for', async () => {
    const auth = createTestingAuth({ isSessionOver: () => false })
    show(auth)
    auth.refuseRefresh()

    expect(await failure(auth.useStore().refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  })
})

describe('requests', () => {
  test('of further instances are recorded', async () => {
    const auth = withEcho()
    const early = auth.attach(axios.create({ adapter: echo, baseURL: '/early' }))
    show(auth)
    const late = auth.attach(axios.create({ adapter: echo, baseURL: '/late' }))

    await Promise.all([early.get('/1'), late.get('/2')])

    expect(auth.requests.map(({ baseURL, url }) => [baseURL, url])).toEqual([
      ['/early', '/1'],
      ['/late', '/2'],
    ])
  })

  test('are recorded beside axios-mock-adapter, before and after the install', async () => {
    const auth = createTestingAuth()
    const mock = new MockAdapter(auth.http)
    mock.onGet('/items').reply(200, [1])
    show(auth)
    expect((await auth.http.get('/items')).data).toEqual([1])
    mock.restore()
    auth.http.defaults.adapter = echo

    expect((await auth.http.get('/items')).data).toMatch(/^Bearer /)

    expect(auth.requests).toHaveLength(2)
  })

  test('answered 401 are there twice, as the server saw them', async () => {
    let isStale = true
    const adapter = async (config: InternalAxiosRequestConfig) => {
      const response = { ...(await echo(config)), status: isStale ? 401 : 200 }
      if (!isStale) return response
      isStale = false
      throw new AxiosError('401', 'ERR_BAD_REQUEST', config, {}, response)
    }
    const auth = createTestingAuth({ axios: { adapter } })
    show(auth)

    await auth.http.get('/items')

    expect(auth.requests.map(({ headers }) => headers.get('Authorization'))).toEqual([
      'Bearer testing-access-1',
      'Bearer testing-access-2',
    ])
  })
})

describe('the next test', () => {
  test('finds nothing of this one: not the requests, not the refusal, not the tokens', async () => {
    const http = axios.create({ adapter: echo })
    const auth = createTestingAuth({ axios: http, user: ada })
    const first = mount(watcher().component, { global: { plugins: [createPinia(), auth] } })
    await http.get('/items')
    await auth.useStore().logout()
    auth.refuseRefresh()
    first.unmount()
    expect(http.defaults.adapter).toBe(echo)

    const second = show(auth)

    expect(second.text()).toBe(`authenticated ${ada.name}`)
    expect(auth.requests).toEqual([])
    await expect(auth.useStore().refresh()).resolves.toMatchObject({ accessToken: 'testing-access-2' })
  })

  test('finds no listener, no timer and no lock, though nothing was unmounted', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const listening = [window, document].map((target) => vi.spyOn(target, 'addEventListener'))
    createApp({})
      .use(createPinia())
      .use(createTestingAuth({ user: ada }))
    await vi.advanceTimersByTimeAsync(0)

    expect(listening.flatMap(({ mock }) => mock.calls)).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a store without a component', () => {
  const useCart = defineStore('cart', () => {
    const auth = useAuthStore()
    const http = useHttp()
    return { greet: () => `Cart of ${auth.user?.name}`, load: async () => (await http.get('/cart')).data }
  })

  test('is tested in an empty app', async () => {
    createApp({})
      .use(createPinia())
      .use(withEcho({ user: ada }))

    const cart = useCart()

    expect(cart.greet()).toBe(`Cart of ${ada.name}`)
    expect(await cart.load()).toMatch(/^Bearer /)
  })

  test('is tested beside createTestingPinia({ fakeApp: true })', () => {
    const pinia = createTestingPinia({ createSpy: vi.fn, stubActions: false, fakeApp: true })
    pinia.app.use(createTestingAuth({ user: ada }))

    expect(useCart().greet()).toBe(`Cart of ${ada.name}`)
  })

  test('finding 49: without the library, the error says how to test it', () => {
    createApp({}).use(createPinia())

    expect(() => useAuthStore()).toThrow("createTestingAuth() of 'vue-auth-axios/testing'")
  })
})
