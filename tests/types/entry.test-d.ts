import { describe, expectTypeOf, it } from 'vitest'
import type * as entry from 'vue-auth-axios'

/** What a user may import and run. */
type Exports = keyof typeof entry

describe('the entry of the package', () => {
  it('exports what the contract names, and what belongs to it', () => {
    expectTypeOf<Exports>().toEqualTypeOf<
      | 'authAxios'
      | 'createAuthAxios'
      | 'useHttp'
      | 'useAuthStore'
      | 'httpBackend'
      | 'AuthError'
      | 'isAuthError'
    >()
  })

  it('exports nothing that is `any`', () => {
    expectTypeOf<{ [Name in Exports]: IsAny<(typeof entry)[Name]> }[Exports]>().toEqualTypeOf<false>()
    type Types = [
      entry.AuthAxios,
      entry.AuthAxiosOptions,
      entry.AuthBackend,
      entry.AuthCredentials,
      entry.AuthErrorCode,
      entry.AuthState,
      entry.AuthStatus,
      entry.AuthStorage,
      entry.AuthStore,
      entry.AuthTokens,
      entry.AuthUser,
      entry.Awaitable<string>,
      entry.BackendContext,
      entry.LoginOptions,
      entry.LogoutOptions,
      entry.SessionEndDetails,
      entry.SessionEndReason,
      entry.SetTokensOptions,
      entry.TokenReply,
      entry.TypesConfig,
    ]
    expectTypeOf<IsAny<Types[number]>>().toEqualTypeOf<false>()
    expectTypeOf<AnyMember<entry.AuthAxiosOptions>>().toBeNever()
    expectTypeOf<AnyMember<entry.AuthAxios>>().toBeNever()
    expectTypeOf<AnyMember<entry.AuthState>>().toBeNever()
    expectTypeOf<AnyMember<entry.AuthGetters>>().toBeNever()
    expectTypeOf<AnyMember<entry.AuthActions>>().toBeNever()
    expectTypeOf<AnyMember<entry.AuthTokens>>().toBeNever()
    expectTypeOf<AnyMember<entry.BackendContext>>().toBeNever()
  })
})

type IsAny<T> = 0 extends 1 & T ? true : false

/** The members of a type that are `any`, or functions that give it. */
type AnyMember<T> = {
  [Name in keyof T]-?: IsAny<T[Name]> extends true
    ? Name
    : T[Name] extends (...args: never) => infer Result
      ? IsAny<Result> extends true
        ? Name
        : never
      : never
}[keyof T]
