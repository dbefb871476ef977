import type { AxiosInstance, Method } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import {
  type AuthBackend,
  type AuthTokens,
  type AuthUser,
  type Awaitable,
  type BackendContext,
  type Endpoint,
  type EndpointSettings,
  type HttpBackendOptions,
  type TokenReply,
  httpBackend,
} from 'vue-auth-axios'

interface Credentials {
  username: string
  password: string
}

describe('a backend', () => {
  it('has the members of the contract', () => {
    expectTypeOf<'login' | 'refresh' | 'logout' | 'user' | 'resumable'>().toExtend<keyof AuthBackend>()
    expectTypeOf<Required<AuthBackend<Credentials>>['login']>().parameters.toEqualTypeOf<
      [Credentials, BackendContext]
    >()
    expectTypeOf<Required<AuthBackend>['login']>().returns.toEqualTypeOf<Awaitable<TokenReply | true>>()
    expectTypeOf<AuthBackend['refresh']>().parameters.toEqualTypeOf<[AuthTokens | null, BackendContext]>()
    expectTypeOf<AuthBackend['refresh']>().returns.toEqualTypeOf<Awaitable<TokenReply | true | null>>()
    expectTypeOf<Required<AuthBackend>['logout']>().parameters.toEqualTypeOf<
      [AuthTokens | null, BackendContext]
    >()
    expectTypeOf<Required<AuthBackend>['logout']>().returns.toEqualTypeOf<Awaitable<unknown>>()
    expectTypeOf<Required<AuthBackend>['user']>().parameters.toEqualTypeOf<
      [AxiosInstance, AuthTokens | null]
    >()
    expectTypeOf<Required<AuthBackend>['user']>().returns.toEqualTypeOf<Awaitable<AuthUser>>()
    expectTypeOf<Required<AuthBackend>['resumable']>().toEqualTypeOf<boolean>()
  })

  it('has to refresh, and need do nothing else', () => {
    expectTypeOf<{ refresh: () => Promise<null> }>().toExtend<AuthBackend>()
    expectTypeOf<{ refresh: () => null }>().toExtend<AuthBackend>() // finding 44: not async
    expectTypeOf<{ refresh: () => true }>().toExtend<AuthBackend>()
    expectTypeOf<{ login: () => Promise<TokenReply> }>().not.toExtend<AuthBackend>()
    expectTypeOf<{ refresh: () => Promise<string> }>().not.toExtend<AuthBackend>()
  })

  it('takes any credentials, or those it names', () => {
    expectTypeOf<Parameters<Required<AuthBackend>['login']>[0]>().toBeAny()
    expectTypeOf<AuthBackend<Credentials>>().toExtend<AuthBackend>()
  })

  it('is given what the contract gives it', () => {
    expectTypeOf<BackendContext>().toEqualTypeOf<{ http: AxiosInstance; signal: AbortSignal }>()
  })
})

describe('httpBackend', () => {
  it('makes a backend, with options or without', () => {
    expectTypeOf(httpBackend()).toEqualTypeOf<AuthBackend<Record<string, unknown>>>()
    expectTypeOf(httpBackend<Credentials>({})).toEqualTypeOf<AuthBackend<Credentials>>()
    expectTypeOf(httpBackend()).toExtend<AuthBackend>()
  })

  it('has the endpoints of the contract', () => {
    type Options = Required<HttpBackendOptions<Credentials>>
    expectTypeOf<keyof Options>().toEqualTypeOf<
      'login' | 'refresh' | 'logout' | 'user' | 'csrf' | 'cookie' | 'read' | 'refreshField'
    >()
    expectTypeOf<Options['login']>().toEqualTypeOf<Endpoint<Credentials>>()
    expectTypeOf<Options['refresh']>().toEqualTypeOf<Endpoint<AuthTokens | null> | false>()
    expectTypeOf<Endpoint<AuthTokens | null>>().toExtend<Options['logout']>()
    expectTypeOf<{ token: false }>().toExtend<Options['logout']>()
    expectTypeOf<false>().toExtend<Options['logout']>()
    expectTypeOf<Options['user']>().toExtend<Endpoint<null>>()
    expectTypeOf<Options['csrf']>().toExtend<Endpoint<null>>()
    expectTypeOf<Options['cookie']>().toEqualTypeOf<boolean | 'session'>()
    expectTypeOf<Options['refreshField']>().toEqualTypeOf<string>()
  })

  it('takes a path, or what differs from the default', () => {
    expectTypeOf<string>().toExtend<Endpoint<null>>()
    expectTypeOf<{ url: string; method: Method; data: (tokens: AuthTokens | null) => unknown }>().toExtend<
      Endpoint<AuthTokens | null>
    >()
    expectTypeOf<{ method: Method }>().toExtend<Endpoint<null>>()
    expectTypeOf<{ url: 1 }>().not.toExtend<Endpoint<null>>()
    expectTypeOf(httpBackend<Credentials>).toBeCallableWith({
      login: {
        url: '/in',
        method: 'PUT',
        data: ({ username, password }) => ({ user: username, pass: password }),
        headers: ({ username }) => ({ 'X-User': username }),
        auth: { username: 'spa', password: 's3cret' },
        select: ({ data }) => data,
      },
      refresh: { url: '/again', data: (tokens) => ({ token: tokens?.refreshToken }) },
      logout: { token: false, headers: { 'X-Device': 'tv' } },
      user: '/me',
      csrf: { url: '/csrf' },
      cookie: 'session',
      refreshField: 'refreshToken',
    })
    expectTypeOf(httpBackend).toBeCallableWith({ refresh: false, logout: false })
  })

  it('hands credentials or tokens to who makes a request, and knows their types', () => {
    type Settings<Input> = Required<EndpointSettings<Input>>
    expectTypeOf<Settings<Credentials>['data']>().toEqualTypeOf<(input: Credentials) => unknown>()
    expectTypeOf<Settings<AuthTokens | null>['data']>().parameter(0).not.toBeAny()
    expectTypeOf<Settings<null>['method']>().toEqualTypeOf<Method>()
    // finding 44: what is given to `data` can be spread
    httpBackend({ login: { data: (credentials) => ({ ...credentials, mode: 'cookie' }) } })
    httpBackend({ refresh: { data: (tokens) => ({ ...tokens, mode: 'cookie' }) } })
  })

  it('knows what a server answers where it is told', () => {
    interface Body {
      result: { token: string }
    }
    httpBackend<Credentials, Body>({
      login: { select: (body) => expectTypeOf(body).toEqualTypeOf<Body>() },
      read: ({ data }) => ({ access_token: data.result.token }),
    })
    httpBackend({ user: { select: (body: { data: { id: number } }) => body.data } })
    httpBackend({ user: { select: (body) => expectTypeOf(body).not.toBeAny() } })
    httpBackend({ read: ({ data }) => (expectTypeOf(data).not.toBeAny(), data) })
  })

  it('is checked', () => {
    // @ts-expect-error -- a session has to begin somewhere
    httpBackend({ login: false })
    // @ts-expect-error -- no such endpoint
    httpBackend({ register: '/auth/register' })
    // @ts-expect-error -- no such method
    httpBackend({ login: { url: '/in', method: 'SIGN' } })
    // @ts-expect-error -- no such cookie
    httpBackend({ cookie: 'jwt' })
    // @ts-expect-error -- a token is no reply
    httpBackend({ read: () => 'AT' })
  })
})
