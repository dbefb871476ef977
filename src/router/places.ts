import type { RouteLocation, RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import { returnPath } from './return-path.ts'

/** Which routes mean what to an identity. */
export interface PlaceSettings {
  id: string
  loginRoute: RouteLocationRaw
  homeRoute: RouteLocationRaw
  redirectQuery: string
}

/** The places of an application that sessions lead to and away from. */
export interface Places {
  readonly home: RouteLocationRaw
  /** The login page, with the way back. */
  login(from?: RouteLocationNormalized): RouteLocationRaw
  /** The way back that a location names, unless it leads to a door again. */
  back(from: RouteLocationNormalized): string | null
  /** Whether two locations have the same path. */
  is(route: RouteLocation, other: RouteLocationRaw): boolean
  isLogin(route: RouteLocation): boolean
  /** Whether it is a place to come in by: the login page, or a guest route. */
  isDoor(route: RouteLocation): boolean
  /** Whether this identity judges the route. */
  isJudged(route: RouteLocation): boolean
}

/** Where a location leads once the route records have had their say; after so many redirects it leads nowhere. */
function destination(router: Router, to: RouteLocationRaw): RouteLocation {
  let location: RouteLocation = router.resolve(to)
  for (let redirects = 0; redirects < 8; redirects++) {
    const redirect = location.matched.at(-1)?.redirect
    if (!redirect) break
    location = router.resolve(
      typeof redirect === 'function' ? redirect(location, router.currentRoute.value) : redirect,
    )
  }
  return location
}

/** Finds the places of an identity with a router. */
export function placesOf(
  router: Router,
  { id, loginRoute, homeRoute, redirectQuery }: PlaceSettings,
): Places {
  const places: Places = {
    home: homeRoute,
    login(from) {
      const { path, query, hash } = router.resolve(loginRoute)
      return { path, hash, query: { ...query, ...(from && { [redirectQuery]: from.fullPath }) } }
    },
    back(from) {
      const path = returnPath(router, from.query[redirectQuery])
      return path === null || places.isDoor(router.resolve(path)) ? null : path
    },
    is: (route, other) => route.path === destination(router, other).path,
    isLogin: (route) => places.is(route, loginRoute),
    isDoor: (route) => route.meta.auth === 'guest' || places.isLogin(route),
    isJudged: ({ meta: { authId = 'authAxios' } }) => authId === id,
  }
  return places
}
