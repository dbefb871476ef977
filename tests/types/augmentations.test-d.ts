import axios, { type AxiosInstance, type AxiosRequestConfig, type InternalAxiosRequestConfig } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import type { ComponentPublicInstance } from 'vue'
import {
  type AuthCredentials,
  type AuthUser,
  type Awaitable,
  type TypesConfig,
  useAuthStore,
} from 'vue-auth-axios'
import type { RouteLocationNormalized, RouteMeta, RouteRecordRaw } from 'vue-router'

describe('the user of an application', () => {
  // One that declares its own is a program of its own: tests/package/fixtures/augmented.ts.
  it('is a plain record as long as the application does not say more', () => {
    expectTypeOf<keyof TypesConfig>().toBeNever()
    expectTypeOf<AuthUser>().toEqualTypeOf<Record<string, unknown>>()
    expectTypeOf(useAuthStore().user).toEqualTypeOf<Record<string, unknown> | null>()
    expectTypeOf(useAuthStore().fetchUser).returns.toEqualTypeOf<Promise<Record<string, unknown>>>()
  })

  it('gives whatever credentials they like as long as the application does not say more', () => {
    expectTypeOf<AuthCredentials>().toBeUnknown()
    expectTypeOf(useAuthStore().login).parameter(0).toBeUnknown()
  })

  it('has members that are not known', () => {
    const { user } = useAuthStore()
    expectTypeOf(user?.name).toBeUnknown()
    // @ts-expect-error -- not known to be a text
    void user?.name.length
  })
})

describe('a request', () => {
  it('says whether the session takes part', () => {
    expectTypeOf<AxiosRequestConfig['withAuth']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<InternalAxiosRequestConfig['withAuth']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf(axios.get).toBeCallableWith('/public', { withAuth: false })
    expectTypeOf(axios.post<{ id: number }>).toBeCallableWith('/public', { a: 1 }, { withAuth: true })
    // @ts-expect-error -- a boolean
    void axios.get('/public', { withAuth: 'no' })
  })

  it('names the session it belongs to, in a text that whoever sends it again on purpose removes', () => {
    expectTypeOf<AxiosRequestConfig['sessionId']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<InternalAxiosRequestConfig['sessionId']>().toEqualTypeOf<string | undefined>()
    const config = {} as InternalAxiosRequestConfig
    config.sessionId = undefined
    delete config.sessionId
    // @ts-expect-error -- a text
    void axios.get('/items', { sessionId: 1 })
  })

  it('keeps the types that axios gives it', () => {
    expectTypeOf<AxiosRequestConfig<{ a: number }>['data']>().toEqualTypeOf<{ a: number } | undefined>()
    expectTypeOf<AxiosRequestConfig['auth']>().not.toBeAny()
    expectTypeOf<NonNullable<AxiosRequestConfig['auth']>>().toExtend<{ username: string; password: string }>()
  })
})

describe('a template', () => {
  it('has the first installed instance', () => {
    expectTypeOf<ComponentPublicInstance['$http']>().toEqualTypeOf<AxiosInstance>()
    expectTypeOf<ComponentPublicInstance['$http']>().not.toBeAny()
  })
})

describe('a route', () => {
  type Rule = (user: AuthUser | null, to: RouteLocationNormalized) => Awaitable<boolean>

  it('says who may see it', () => {
    expectTypeOf<RouteMeta['auth']>().toEqualTypeOf<boolean | 'guest' | Rule | undefined>()
    expectTypeOf<RouteMeta['authId']>().toEqualTypeOf<string | undefined>()
  })

  it('may be written as the contract writes it', () => {
    const component = () => null
    const routes: RouteRecordRaw[] = [
      { path: '/', component, meta: { auth: true } },
      { path: '/login', component, meta: { auth: 'guest' } },
      { path: '/about', component, meta: { auth: false } },
      { path: '/admin', component, meta: { auth: (user) => user?.role === 'admin', authId: 'staff' } },
      { path: '/late', component, meta: { auth: async (user) => user !== null } },
      { path: '/own', component, meta: { auth: (user, to) => String(user?.id) === to.params.id } },
      // An application's own key, declared or not.
      { path: '/other', component, meta: { requiresAuth: true } },
    ]
    expectTypeOf(routes).toBeArray()
  })

  it('is checked', () => {
    // @ts-expect-error -- no such kind of route
    void ({ auth: 'guests' } satisfies RouteMeta)
    // @ts-expect-error -- only `true` lets in
    void ({ auth: async () => 'yes' } satisfies RouteMeta)
    // @ts-expect-error -- a name
    void ({ authId: 1 } satisfies RouteMeta)
  })

  it('leaves the key of vue-router’s guide to the application', () => {
    expectTypeOf<'requiresAuth' extends KnownKeys<RouteMeta> ? true : false>().toEqualTypeOf<false>()
  })
})

/** The keys of a type that are written out. */
type KnownKeys<T> = keyof {
  [
    Key in keyof T as string extends Key
      ? never
      : number extends Key
        ? never
        : symbol extends Key
          ? never
          : Key
  ]: true
}
