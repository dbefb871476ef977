import type { RouteLocation, RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import { returnPath } from './return-path.ts'

/** The options that give routes a meaning. */
export interface AuthRouteSettings {
  id: string
  loginRoute: RouteLocationRaw
  homeRoute: RouteLocationRaw
  forbiddenRoute?: RouteLocationRaw | undefined
  redirectQuery: string
}

/** The routes that mean something to one identity. */
export interface AuthRoutes {
  readonly login: RouteLocationRaw
  readonly home: RouteLocationRaw
  readonly forbidden: RouteLocationRaw | undefined
  /** The login route with the return path to a page, unless that page is no place to come back to. */
  loginFrom(page: RouteLocation): RouteLocationRaw
  /** The return path that a page's query names; `null` where it names none that may be followed. */
  returnPathOf(page: RouteLocation): string | null
  /** Whether a page is the one that a location leads to, as the router matches them, whatever their query and hash. */
  isAt(page: RouteLocation, location: RouteLocationRaw): boolean
  isLogin(page: RouteLocation): boolean
  isLoginOrGuest(page: RouteLocation): boolean
  /** Whether this identity judges the page. */
  isJudged(page: RouteLocation): boolean
}

/** Finds the routes of an identity with a router. */
export function authRoutesOf(
  router: Router,
  { id, loginRoute, homeRoute, forbiddenRoute, redirectQuery }: AuthRouteSettings,
): AuthRoutes {
  const isAt = (page: RouteLocation, location: RouteLocationRaw) =>
    isSamePage(page, destinationOf(router, location))
  const isLogin = (page: RouteLocation) => isAt(page, loginRoute)
  const isLoginOrGuest = (page: RouteLocation) => page.meta.auth === 'guest' || isLogin(page)
  /** Whether somebody who has signed in may be sent there. */
  const isGoal = (page: RouteLocation) =>
    !isLoginOrGuest(page) && (forbiddenRoute === undefined || !isAt(page, forbiddenRoute))

  return {
    login: loginRoute,
    home: homeRoute,
    forbidden: forbiddenRoute,
    loginFrom(page) {
      if (!isGoal(page)) return loginRoute
      const { path, query, hash } = router.resolve(loginRoute)
      return { path, hash, query: { ...query, [redirectQuery]: page.fullPath } }
    },
    returnPathOf(page) {
      const path = returnPath(router, page.query[redirectQuery])
      return path !== null && isGoal(destinationOf(router, path)) ? path : null
    },
    isAt,
    isLogin,
    isLoginOrGuest,
    isJudged: ({ meta: { authId = 'authAxios' } }) => authId === id,
  }
}

/** Whether the router matches two locations to the same page: the same record, under whatever alias, and params. */
export function isSamePage(page: RouteLocation, other: RouteLocation): boolean {
  if (page.path === other.path) return true
  const record = recordOf(page)
  return record !== undefined && record === recordOf(other) && haveSameParams(page, other)
}

function recordOf({ matched }: RouteLocation) {
  const record = matched[matched.length - 1]
  return record?.aliasOf ?? record
}

/** An optional param may be missing, or empty. */
function haveSameParams({ params }: RouteLocation, other: RouteLocation): boolean {
  return Object.keys({ ...params, ...other.params }).every(
    (key) => JSON.stringify(params[key] ?? '') === JSON.stringify(other.params[key] ?? ''),
  )
}

/** Where a location leads once the route records have had their say; after so many redirects it leads nowhere. */
function destinationOf(router: Router, to: RouteLocationRaw): RouteLocation {
  let location = resolveByPath(router, to)
  for (let redirects = 0; redirects < 8; redirects++) {
    const redirect = location.matched[location.matched.length - 1]?.redirect
    if (!redirect) break
    const next =
      typeof redirect === 'function'
        ? redirect(location as RouteLocationNormalized, router.currentRoute.value)
        : redirect
    location = resolveByPath(router, inherit(next, location))
  }
  return location
}

/** A name may lead to a layout whose page is a child of it: the path tells. */
function resolveByPath(router: Router, to: RouteLocationRaw): RouteLocation {
  const location = router.resolve(to)
  return typeof to === 'object' && 'name' in to && location.matched.length
    ? router.resolve(location.path)
    : location
}

/** A redirect to a name gets the params of what is redirected. */
function inherit(to: RouteLocationRaw, { params }: RouteLocation): RouteLocationRaw {
  return typeof to === 'object' && 'name' in to ? ({ params, ...to } as RouteLocationRaw) : to
}
