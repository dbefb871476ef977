import type { AxiosInstance, Method } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import {
  type AuthBackend,
  type AuthTokens,
  type AuthUser,
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
    expectTypeOf<keyof AuthBackend>().toEqualTypeOf<'login' | 'refresh' | 'logout' | 'user' | 'resumable'>()
    expectTypeOf<Required<AuthBackend<Credentials>>['login']>().parameters.toEqualTypeOf<
      [Credentials, BackendContext]
    >()
    expectTypeOf<Required<AuthBackend>['login']>().returns.toEqualTypeOf<Promise<TokenReply>>()
    expectTypeOf<AuthBackend['refresh']>().parameters.toEqualTypeOf<[AuthTokens | null, BackendContext]>()
    expectTypeOf<AuthBackend['refresh']>().returns.toEqualTypeOf<Promise<TokenReply | null>>()
    expectTypeOf<Required<AuthBackend>['logout']>().parameters.toEqualTypeOf<
      [AuthTokens | null, BackendContext]
    >()
    expectTypeOf<Required<AuthBackend>['logout']>().returns.toEqualTypeOf<Promise<unknown>>()
    expectTypeOf<Required<AuthBackend>['user']>().parameters.toEqualTypeOf<[AxiosInstance]>()
    expectTypeOf<Required<AuthBackend>['user']>().returns.toEqualTypeOf<Promise<AuthUser>>()
    expectTypeOf<Required<AuthBackend>['resumable']>().toEqualTypeOf<boolean>()
  })

  it('has to refresh, and need do nothing else', () => {
    expectTypeOf<{ refresh: () => Promise<null> }>().toExtend<AuthBackend>()
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
    expectTypeOf(httpBackend()).toEqualTypeOf<AuthBackend<unknown>>()
    expectTypeOf(httpBackend<Credentials>({})).toEqualTypeOf<AuthBackend<Credentials>>()
    expectTypeOf(httpBackend()).toExtend<AuthBackend>()
  })

  it('has the endpoints of the contract', () => {
    type Options = Required<HttpBackendOptions<Credentials>>
    expectTypeOf<keyof Options>().toEqualTypeOf<'login' | 'refresh' | 'logout' | 'user' | 'cookie'>()
    expectTypeOf<Options['login']>().toEqualTypeOf<Endpoint<Credentials>>()
    expectTypeOf<Options['refresh']>().toEqualTypeOf<Endpoint<AuthTokens | null>>()
    expectTypeOf<Options['logout']>().toEqualTypeOf<Endpoint<AuthTokens | null> | false>()
    expectTypeOf<Options['user']>().toExtend<Endpoint<null>>()
    expectTypeOf<Options['cookie']>().toEqualTypeOf<boolean>()
  })

  it('takes a path, or a path with a method and a body', () => {
    expectTypeOf<string>().toExtend<Endpoint<null>>()
    expectTypeOf<{ url: string; method: Method; data: (tokens: AuthTokens | null) => unknown }>().toExtend<
      Endpoint<AuthTokens | null>
    >()
    expectTypeOf<{ url: string }>().toExtend<Endpoint<null>>()
    expectTypeOf<{ method: Method }>().not.toExtend<Endpoint<null>>()
    expectTypeOf(httpBackend<Credentials>).toBeCallableWith({
      login: {
        url: '/in',
        method: 'PUT',
        data: ({ username, password }) => ({ user: username, pass: password }),
      },
      refresh: { url: '/again', data: (tokens) => ({ token: tokens?.refreshToken }) },
      logout: false,
      user: '/me',
      cookie: true,
    })
  })

  it('hands credentials or tokens to who makes a body, and knows their types', () => {
    type Data<Input> = Required<EndpointSettings<Input>>['data']
    expectTypeOf<Data<Credentials>>().toEqualTypeOf<(input: Credentials) => unknown>()
    expectTypeOf<Data<AuthTokens | null>>().parameter(0).not.toBeAny()
    expectTypeOf<Required<EndpointSettings<null>>['method']>().toEqualTypeOf<Method>()
  })

  it('is checked', () => {
    // @ts-expect-error -- only a logout may be missing
    httpBackend({ refresh: false })
    // @ts-expect-error -- no such endpoint
    httpBackend({ register: '/auth/register' })
    // @ts-expect-error -- no such method
    httpBackend({ login: { url: '/in', method: 'SIGN' } })
  })
})
