import { expectTypeOf, test } from 'vitest'
import type { AuthAxiosOptions, AuthUser, LoginOptions, LogoutOptions } from 'vue-auth-axios'
import type { RouteLocationNormalized, RouteLocationRaw, RouteMeta, RouteRecordRaw, Router } from 'vue-router'

test('`meta.auth` takes true, false, a guest and a function of the user and the route', () => {
  type Rule = (user: AuthUser | null, to: RouteLocationNormalized) => boolean
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
  // @ts-expect-error -- a promise is always truthy: it would let everybody in
  const meta: RouteMeta = { auth: async () => false }
  expectTypeOf(meta).toEqualTypeOf<RouteMeta>()
})

test('places are locations of the router', () => {
  type Places = Pick<AuthAxiosOptions, 'loginRoute' | 'homeRoute' | 'forbiddenRoute'>
  expectTypeOf<Required<Places>>().toEqualTypeOf<{
    loginRoute: RouteLocationRaw
    homeRoute: RouteLocationRaw
    forbiddenRoute: RouteLocationRaw
  }>()
  expectTypeOf<AuthAxiosOptions['router']>().toEqualTypeOf<Router | undefined>()
  expectTypeOf<LoginOptions['redirect']>().toEqualTypeOf<RouteLocationRaw | false | undefined>()
  expectTypeOf<LogoutOptions['redirect']>().toEqualTypeOf<RouteLocationRaw | false | undefined>()
})
