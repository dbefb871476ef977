import { expectTypeOf, test } from 'vitest'
import type { AuthAxiosOptions, AuthUser, Awaitable, LoginOptions, LogoutOptions } from 'vue-auth-axios'
import type { RouteLocationNormalized, RouteLocationRaw, RouteMeta, RouteRecordRaw, Router } from 'vue-router'

test('`meta.auth` takes true, false, a guest and a function of the user and the route', () => {
  type Rule = (user: AuthUser | null, to: RouteLocationNormalized) => Awaitable<boolean>
  expectTypeOf<RouteMeta['auth']>().toEqualTypeOf<boolean | 'guest' | Rule | undefined>()
  expectTypeOf<RouteMeta['authId']>().toEqualTypeOf<string | undefined>()
})

test('a function in `meta.auth` needs no annotations', () => {
  const route: RouteRecordRaw = {
    path: '/',
    redirect: '/',
    meta: {
      auth(user, to) {
        expectTypeOf(user).toEqualTypeOf<AuthUser | null>()
        expectTypeOf(to).toEqualTypeOf<RouteLocationNormalized>()
        return to.path !== '/'
      },
    },
  }
  expectTypeOf(route.path).toBeString()
})

test('a misspelt kind of route is refused', () => {
  // @ts-expect-error -- 'guest'
  expectTypeOf<RouteMeta>().toExtend<{ auth: 'guests' }>()
  // @ts-expect-error -- only `true` lets in
  const meta: RouteMeta = { auth: () => 'yes' }
  expectTypeOf(meta).toEqualTypeOf<RouteMeta>()
})

test('a function in `meta.auth` may take its time', () => {
  expectTypeOf<RouteMeta>().toEqualTypeOf<typeof meta>()
  const meta: RouteMeta = { auth: async (user) => user !== null }
})

test('the routes among the options are locations of the router', () => {
  type Routes = Pick<AuthAxiosOptions, 'loginRoute' | 'homeRoute' | 'forbiddenRoute'>
  expectTypeOf<Required<Routes>>().toEqualTypeOf<{
    loginRoute: RouteLocationRaw
    homeRoute: RouteLocationRaw
    forbiddenRoute: RouteLocationRaw
  }>()
  expectTypeOf<AuthAxiosOptions['router']>().toEqualTypeOf<Router | undefined>()
  expectTypeOf<LoginOptions['redirect']>().toEqualTypeOf<RouteLocationRaw | false | undefined>()
  expectTypeOf<LogoutOptions['redirect']>().toEqualTypeOf<RouteLocationRaw | false | undefined>()
})
