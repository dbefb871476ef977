import axios, { type AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import { AuthError, type AuthErrorCode, isAuthError } from 'vue-auth-axios'

describe('an AuthError', () => {
  it('is an error of axios', () => {
    expectTypeOf<AuthError>().toExtend<AxiosError>()
    expectTypeOf<AuthError>().toExtend<Error>()
    expectTypeOf<AuthError['config']>().toEqualTypeOf<InternalAxiosRequestConfig | undefined>()
    expectTypeOf<AuthError['response']>().toExtend<AxiosResponse | undefined>()
  })

  it('has the codes of the contract', () => {
    expectTypeOf<AuthErrorCode>().toEqualTypeOf<
      'ERR_AUTH_EXPIRED' | 'ERR_AUTH_REFRESH' | 'ERR_AUTH_SESSION_CHANGED'
    >()
    expectTypeOf<AuthError['code']>().toEqualTypeOf<AuthErrorCode>()
    // @ts-expect-error -- no such code
    void (new AuthError('ERR_AUTH_REFRESH').code === 'ERR_AUTH_REFRESHED')
  })

  it('is told from every other value', () => {
    const error: unknown = null
    expectTypeOf(isAuthError).guards.toEqualTypeOf<AuthError>()
    if (isAuthError(error)) expectTypeOf(error.code).toEqualTypeOf<AuthErrorCode>()
    else expectTypeOf(error).toBeUnknown()
  })

  it('is told from the errors of axios, and those from it', () => {
    const error: unknown = null
    if (!axios.isAxiosError(error)) return
    expectTypeOf(error.code).toEqualTypeOf<string | undefined>()
    if (error instanceof AuthError) expectTypeOf(error.code).toEqualTypeOf<AuthErrorCode>()
  })
})
