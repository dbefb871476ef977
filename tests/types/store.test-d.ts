import type { Pinia } from 'pinia'
import { storeToRefs } from 'pinia'
import { describe, expectTypeOf, it } from 'vitest'
import type { ButtonHTMLAttributes, ComputedRef, Ref } from 'vue'
import {
  type AuthState,
  type AuthStatus,
  type AuthStore,
  type AuthTokens,
  type AuthUser,
  type LoginOptions,
  type LogoutOptions,
  type SetTokensOptions,
  type TokenReply,
  createAuthAxios,
  useAuthStore,
} from 'vue-auth-axios'
import type { RouteLocationRaw } from 'vue-router'

type Store = ReturnType<typeof useAuthStore>

describe('the store', () => {
  it('is one of Pinia, by the name of the identity', () => {
    expectTypeOf(useAuthStore).toBeCallableWith()
    expectTypeOf(useAuthStore).toBeCallableWith({} as Pinia)
    expectTypeOf(useAuthStore.$id).toEqualTypeOf<'authAxios'>()
    expectTypeOf<Store['$id']>().toEqualTypeOf<'authAxios'>()
    expectTypeOf<Store>().toExtend<AuthStore>()
    expectTypeOf(createAuthAxios({ id: 'staff' }).useStore()).toEqualTypeOf<AuthStore>()
  })

  it('has the state of the contract, and no token in it', () => {
    expectTypeOf<Store['$state']>().toExtend<AuthState>()
    expectTypeOf<keyof AuthState>().toEqualTypeOf<'status' | 'user'>()
    expectTypeOf<keyof Store['$state']>().exclude<symbol>().toEqualTypeOf<'status' | 'user'>()
    expectTypeOf<Store['status']>().toEqualTypeOf<'pending' | 'anonymous' | 'authenticated' | 'expired'>()
    expectTypeOf<AuthStatus>().toEqualTypeOf<Store['status']>()
    expectTypeOf<Store['user']>().toEqualTypeOf<AuthUser | null>()
  })

  it('has the getters of the contract', () => {
    expectTypeOf<Store['isAuthenticated']>().toEqualTypeOf<boolean>()
    expectTypeOf<Store['isRefreshing']>().toEqualTypeOf<boolean>()
    expectTypeOf<Store['accessToken']>().toEqualTypeOf<string | null>()
    expectTypeOf<Store['tokens']>().toEqualTypeOf<Readonly<AuthTokens> | null>()
    expectTypeOf<Store['expiresAt']>().toEqualTypeOf<number | null>()
    expectTypeOf<Store['sessionId']>().toEqualTypeOf<string | null>()
  })

  it('has getters that are read, not written', () => {
    const store = {} as Store
    // @ts-expect-error -- a getter
    store.accessToken = 'AT'
    // @ts-expect-error -- a getter
    store.isAuthenticated = true
    // @ts-expect-error -- a getter
    store.sessionId = '1'
    // @ts-expect-error -- what is in it is not written either
    if (store.tokens) store.tokens.accessToken = 'AT'
  })

  it('has the actions of the contract', () => {
    expectTypeOf<Store['ready']>().toEqualTypeOf<() => Promise<void>>()
    expectTypeOf<Store['login']>().parameter(1).toEqualTypeOf<LoginOptions | undefined>()
    expectTypeOf<Store['login']>().returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf<Store['setTokens']>().toEqualTypeOf<
      (tokens: TokenReply, options?: SetTokensOptions) => Promise<void>
    >()
    expectTypeOf<Store['updateTokens']>().toEqualTypeOf<(tokens: TokenReply) => Promise<void>>()
    expectTypeOf<Store['getAccessToken']>().toEqualTypeOf<() => Promise<string | null>>()
    expectTypeOf<Store['refresh']>().toEqualTypeOf<() => Promise<AuthTokens | null>>()
    expectTypeOf<Store['fetchUser']>().toEqualTypeOf<() => Promise<AuthUser>>()
    expectTypeOf<Store['logout']>().toEqualTypeOf<(options?: LogoutOptions | Event) => Promise<void>>()
    expectTypeOf<Store['$reset']>().toEqualTypeOf<() => void>()
  })

  it('takes whatever credentials the backend takes', () => {
    const { login } = {} as Store
    expectTypeOf(login).toBeCallableWith({ username: 'ada', password: 'ada' })
    expectTypeOf(login).toBeCallableWith('code', { redirect: false })
    expectTypeOf(login).toBeCallableWith({}, { redirect: { name: 'home' }, remember: false })
    // @ts-expect-error -- no such option
    void login({}, { keep: true })
  })

  it('takes options of the contract alone', () => {
    expectTypeOf<Required<LoginOptions>>().toEqualTypeOf<{
      redirect: RouteLocationRaw | false
      remember: boolean
    }>()
    expectTypeOf<Required<LogoutOptions>>().toEqualTypeOf<{ redirect: RouteLocationRaw | false }>()
    expectTypeOf<Required<SetTokensOptions>>().toEqualTypeOf<{ redirect: RouteLocationRaw | boolean }>()
  })

  it('signs out as an event handler', () => {
    const { logout } = {} as Store
    type Clicks = NonNullable<ButtonHTMLAttributes['onClick']>
    expectTypeOf(logout).toExtend<Clicks>() // finding 44
    expectTypeOf(logout).toBeCallableWith({} as MouseEvent)
    expectTypeOf(logout).toBeCallableWith({ redirect: '/bye' })
    // @ts-expect-error -- no such option
    void logout({ to: '/bye' })
  })

  it('goes somewhere with tokens obtained elsewhere, or stays', () => {
    const { setTokens } = {} as Store
    expectTypeOf(setTokens).toBeCallableWith({ accessToken: 'AT' }, { redirect: true })
    expectTypeOf(setTokens).toBeCallableWith({ accessToken: 'AT' }, { redirect: false })
    expectTypeOf(setTokens).toBeCallableWith({ accessToken: 'AT' }, { redirect: { name: 'home' } })
    // @ts-expect-error -- no such option
    void setTokens({ accessToken: 'AT' }, { remember: false })
  })

  it('has no member that is `any`', () => {
    expectTypeOf<Store['status']>().not.toBeAny()
    expectTypeOf<Store['user']>().not.toBeAny()
    expectTypeOf<Store['tokens']>().not.toBeAny()
    expectTypeOf<Store['ready']>().not.toBeAny()
    expectTypeOf<Store['login']>().not.toBeAny()
    expectTypeOf<Store['setTokens']>().not.toBeAny()
    expectTypeOf<Store['updateTokens']>().not.toBeAny()
    expectTypeOf<Store['getAccessToken']>().not.toBeAny()
    expectTypeOf<Store['sessionId']>().not.toBeAny()
    expectTypeOf<Store['$reset']>().not.toBeAny()
    expectTypeOf<Store['refresh']>().not.toBeAny()
    expectTypeOf<Store['fetchUser']>().not.toBeAny()
    expectTypeOf<Store['logout']>().not.toBeAny()
    // @ts-expect-error -- no such member
    void ({} as Store).token
  })

  it('may be taken apart into refs', () => {
    const { status, user, isAuthenticated, tokens } = storeToRefs({} as Store)
    expectTypeOf(status).toEqualTypeOf<Ref<AuthStatus>>()
    expectTypeOf(user.value).toEqualTypeOf<AuthUser | null>()
    expectTypeOf(isAuthenticated).toEqualTypeOf<ComputedRef<boolean>>()
    expectTypeOf(tokens).toEqualTypeOf<ComputedRef<Readonly<AuthTokens> | null>>()
  })
})

describe('the tokens', () => {
  it('have the members of the contract', () => {
    expectTypeOf<AuthTokens>().toEqualTypeOf<{
      accessToken: string
      refreshToken?: string | undefined
      tokenType?: string | undefined
      expiresAt?: number | undefined
      idToken?: string | undefined
      scope?: string | undefined
    }>()
  })

  it('may name what is not there', () => {
    const tokens = { accessToken: 'AT', refreshToken: undefined, expiresAt: undefined }
    expectTypeOf(tokens).toExtend<AuthTokens>() // finding 44, under `exactOptionalPropertyTypes`
  })

  it('may be what servers really send', () => {
    const { setTokens } = {} as Store
    expectTypeOf(setTokens).toBeCallableWith({ accessToken: 'AT' })
    expectTypeOf(setTokens).toBeCallableWith({ access_token: 'AT', expires_in: '300', anything: {} })
    expectTypeOf<TokenReply>().toEqualTypeOf<AuthTokens | Record<string, unknown>>()
    // @ts-expect-error -- a text is none
    void setTokens('AT')
  })
})
