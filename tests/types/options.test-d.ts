import axios, {
  type AxiosHeaders,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import type { Plugin } from 'vue'
import { createApp } from 'vue'
import {
  type AuthAxios,
  type AuthAxiosOptions,
  type AuthBackend,
  type AuthStorage,
  type AuthStore,
  type AuthTokens,
  type Awaitable,
  type SessionEndDetails,
  type SessionEndReason,
  type TokenReply,
  authAxios,
  createAuthAxios,
  httpBackend,
  useHttp,
} from 'vue-auth-axios'
import { type RouteLocationRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'

type Options = Required<AuthAxiosOptions>

describe('the options', () => {
  it('are those of the contract, and all of them may be left out', () => {
    expectTypeOf<keyof AuthAxiosOptions>().toEqualTypeOf<
      | 'id'
      | 'axios'
      | 'backend'
      | 'storage'
      | 'router'
      | 'loginRoute'
      | 'homeRoute'
      | 'forbiddenRoute'
      | 'redirectQuery'
      | 'leeway'
      | 'refreshTimeout'
      | 'authorize'
      | 'shouldRefresh'
      | 'isSessionOver'
      | 'readTokens'
      | 'attachTo'
      | 'crossTab'
      | 'onSessionEnd'
    >()
    expectTypeOf<Record<never, never>>().toExtend<AuthAxiosOptions>()
  })

  it('have the types of the contract', () => {
    expectTypeOf<Options['id']>().toEqualTypeOf<string>()
    expectTypeOf<Options['axios']>().toEqualTypeOf<CreateAxiosDefaults | AxiosInstance>()
    expectTypeOf<Options['backend']>().toEqualTypeOf<AuthBackend>()
    expectTypeOf<Options['storage']>().toEqualTypeOf<'local' | 'session' | 'memory' | AuthStorage>()
    expectTypeOf<Options['router']>().toEqualTypeOf<Router>()
    expectTypeOf<Options['loginRoute']>().toEqualTypeOf<RouteLocationRaw>()
    expectTypeOf<Options['homeRoute']>().toEqualTypeOf<RouteLocationRaw>()
    expectTypeOf<Options['forbiddenRoute']>().toEqualTypeOf<RouteLocationRaw>()
    expectTypeOf<Options['redirectQuery']>().toEqualTypeOf<string>()
    expectTypeOf<Options['leeway']>().toEqualTypeOf<number>()
    expectTypeOf<Options['refreshTimeout']>().toEqualTypeOf<number>()
    expectTypeOf<Options['authorize']>().parameters.toEqualTypeOf<
      [headers: AxiosHeaders, tokens: AuthTokens, config: InternalAxiosRequestConfig]
    >()
    expectTypeOf<(headers: AxiosHeaders) => Promise<void>>().toExtend<Options['authorize']>()
    expectTypeOf<Options['shouldRefresh']>().toEqualTypeOf<(response: AxiosResponse) => Awaitable<boolean>>()
    expectTypeOf<Options['readTokens']>().toEqualTypeOf<
      (response: AxiosResponse) => TokenReply | null | undefined
    >()
    expectTypeOf<Options['isSessionOver']>().toEqualTypeOf<(error: unknown) => boolean>()
    expectTypeOf<Options['attachTo']>().toEqualTypeOf<string[] | ((url: URL) => boolean)>()
    expectTypeOf<Options['crossTab']>().toEqualTypeOf<boolean>()
    expectTypeOf<Options['onSessionEnd']>().toEqualTypeOf<
      (reason: SessionEndReason, details: SessionEndDetails) => void
    >()
    expectTypeOf<SessionEndReason>().toEqualTypeOf<'logout' | 'expired' | 'replaced'>()
    expectTypeOf<SessionEndDetails>().toEqualTypeOf<{ cause?: unknown }>()
  })

  it('are not `any`', () => {
    expectTypeOf<Options[keyof Options]>().not.toBeAny()
    expectTypeOf<Options['router']>().not.toBeAny()
    expectTypeOf<Options['loginRoute']>().not.toBeAny()
  })

  it('may be written as the contract writes them', () => {
    const router = createRouter({ history: createMemoryHistory(), routes: [] })
    const options: AuthAxiosOptions[] = [
      { axios: { baseURL: '/api' }, backend: httpBackend({ login: '/auth/login', user: '/auth/me' }) },
      { axios: axios.create(), storage: localStorage, router },
      { storage: 'session', loginRoute: { name: 'login' }, homeRoute: '/home', forbiddenRoute: '/no' },
      { attachTo: ['https://api.ok'], crossTab: false, onSessionEnd: async () => {} },
      {
        attachTo: ({ origin }) => origin === 'https://api.ok',
        shouldRefresh: ({ status, data }) => status === 419 && data.code === 'expired',
      },
      { isSessionOver: (error) => axios.isAxiosError(error) && error.response?.status === 422 },
      { authorize: (headers, { accessToken }) => headers.set('X-Token', accessToken) },
      {
        authorize: async (headers, { accessToken }, { url }) => {
          headers.set('X-Signature', await Promise.resolve(`${accessToken} ${url}`))
        },
        shouldRefresh: async ({ status }) => status === 401,
      },
      { readTokens: ({ headers }) => (headers.token ? { token: String(headers.token) } : null) },
      { onSessionEnd: (reason, { cause }) => void [reason, cause], refreshTimeout: Infinity },
    ]
    expectTypeOf(options).toBeArray()
  })

  it('are checked', () => {
    // @ts-expect-error -- no such storage
    void ({ storage: 'cookie' } satisfies AuthAxiosOptions)
    // @ts-expect-error -- seconds, as a number
    void ({ leeway: '30' } satisfies AuthAxiosOptions)
    // @ts-expect-error -- no such option
    void ({ loginUrl: '/login' } satisfies AuthAxiosOptions)
    // @ts-expect-error -- origins, in a list
    void ({ attachTo: 'https://api.ok' } satisfies AuthAxiosOptions)
    // @ts-expect-error -- whether a token goes anywhere is known at once
    void ({ attachTo: async () => true } satisfies AuthAxiosOptions)
    // @ts-expect-error -- a yes or a no
    void ({ shouldRefresh: async () => 'yes' } satisfies AuthAxiosOptions)
    // @ts-expect-error -- a backend has to refresh
    void ({ backend: {} } satisfies AuthAxiosOptions)
    // @ts-expect-error -- no location of a router
    void ({ loginRoute: 1 } satisfies AuthAxiosOptions)
  })
})

describe('the plugin', () => {
  it('takes options or none', () => {
    expectTypeOf(authAxios).toEqualTypeOf<Plugin<[options?: AuthAxiosOptions]>>()
    createApp({}).use(authAxios).use(authAxios, {}).use(authAxios, { id: 'auth' })
    // @ts-expect-error -- no such option
    createApp({}).use(authAxios, { ids: 'auth' })
    // @ts-expect-error -- one object alone
    createApp({}).use(authAxios, {}, {})
  })

  it('may be made ahead of the application', () => {
    expectTypeOf(createAuthAxios).toEqualTypeOf<(options?: AuthAxiosOptions) => AuthAxios>()
    createApp({}).use(createAuthAxios())
    createApp({}).use(createAuthAxios({ id: 'staff' }))
  })

  it('has the members of the contract', () => {
    expectTypeOf<keyof AuthAxios>().toEqualTypeOf<'http' | 'install' | 'attach' | 'useStore'>()
    expectTypeOf<AuthAxios['http']>().toEqualTypeOf<AxiosInstance>()
    expectTypeOf<AuthAxios['attach']>().toEqualTypeOf<(instance: AxiosInstance) => AxiosInstance>()
    expectTypeOf<AuthAxios['useStore']>().returns.toEqualTypeOf<AuthStore>()
    expectTypeOf<AuthAxios['useStore']>().toBeCallableWith()
    expectTypeOf<AuthAxios['install']>().returns.toEqualTypeOf<void>()
  })

  it('needs nothing of `this`: its members may be taken apart', () => {
    const { http, attach, useStore, install } = createAuthAxios()
    expectTypeOf(http).not.toBeAny()
    expectTypeOf(attach(http)).toEqualTypeOf<AxiosInstance>()
    expectTypeOf(useStore).toBeFunction()
    expectTypeOf(install).toBeFunction()
  })
})

describe('useHttp()', () => {
  it('gives an instance of axios', () => {
    expectTypeOf(useHttp).toEqualTypeOf<(id?: string) => AxiosInstance>()
    expectTypeOf(useHttp).returns.not.toBeAny()
  })
})
