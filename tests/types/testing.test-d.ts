import { createTestingPinia } from '@pinia/testing'
import { mount } from '@vue/test-utils'
import type { InternalAxiosRequestConfig } from 'axios'
import { HttpResponse, type RequestHandler, http } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expectTypeOf, test } from 'vitest'
import { type AuthAxios, type AuthAxiosOptions, type AuthStatus, httpBackend } from 'vue-auth-axios'
import {
  type AuthHandlers,
  type TestingAuth,
  type TestingAuthOptions,
  type TestingUser,
  authHandlers,
  createTestingAuth,
} from 'vue-auth-axios/testing'

describe('createTestingAuth', () => {
  test('takes the options of an application, and what a test begins with', () => {
    const options: AuthAxiosOptions = { backend: httpBackend() }
    createTestingAuth()
    createTestingAuth({ ...options, status: 'expired' })
    createTestingAuth({ user: { name: 'Ada' }, tokens: { access_token: 'AT', expires_in: 60 } })
    createTestingAuth({ tokens: { accessToken: 'AT' } })
    expectTypeOf<TestingAuthOptions['status']>().toEqualTypeOf<AuthStatus | undefined>()
    // @ts-expect-error -- no such status
    createTestingAuth({ status: 'signed-in' })
    // @ts-expect-error -- a record, or what TypesConfig says
    createTestingAuth({ user: 'ada' })
  })

  test('is an AuthAxios that a test can steer', () => {
    const auth = createTestingAuth()
    expectTypeOf(auth).toEqualTypeOf<TestingAuth>()
    expectTypeOf(auth).toExtend<AuthAxios>()
    expectTypeOf(auth.requests).toEqualTypeOf<InternalAxiosRequestConfig[]>()
    expectTypeOf(auth.expire).toEqualTypeOf<() => void>()
    expectTypeOf(auth.refuseRefresh).toEqualTypeOf<() => void>()
    mount({ render: () => null }, { global: { plugins: [createTestingPinia(), auth] } })
    // @ts-expect-error -- the list is its own
    auth.requests = []
  })
})

describe('authHandlers', () => {
  test('gives handlers that MSW takes', () => {
    const api = authHandlers({ baseURL: '/api', users: [{ email: 'a@b.c', password: 'x' }], rotation: false })
    expectTypeOf(api).toEqualTypeOf<AuthHandlers>()
    expectTypeOf(api.handlers).toEqualTypeOf<RequestHandler[]>()
    expectTypeOf(api.stats.reuses).toEqualTypeOf<number>()
    setupServer(
      ...api.handlers,
      http.get('/api/items', () => HttpResponse.json([])),
    )
    // @ts-expect-error -- counted by the API alone
    api.stats.logins = 1
  })

  test('wants a password of everybody', () => {
    expectTypeOf<TestingUser['password']>().toEqualTypeOf<string>()
    // @ts-expect-error -- nobody could sign in
    authHandlers({ users: [{ name: 'Ada' }] })
  })
})
