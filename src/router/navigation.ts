import type { Navigation } from '../session/context.ts'
import type { RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import type { AuthRoutes } from './auth-routes.ts'
import { type PendingNavigation, followNavigations } from './pending.ts'

/** The navigation of one identity, with or without a router. */
export interface RouterNavigation extends Navigation {
  /** Takes a router. Returns what lets go of it again. */
  use(router: Router, routes: AuthRoutes): () => void
}

/** A router, and what is known of it. */
interface Known {
  router: Router
  routes: AuthRoutes
  pending: PendingNavigation
  /** What the router showed when it was found: the start location, unless it has been somewhere already. */
  first: RouteLocationNormalized
}

/** Makes the navigation of one identity. */
export function createNavigation(report: (error: unknown) => void): RouterNavigation {
  let known: Known | null = null

  /** Goes where it is told; a route that the router does not know must not undo what happened to the session. */
  async function go(way: (known: Known) => RouteLocationRaw | null): Promise<void> {
    if (!known) return
    try {
      const to = way(known)
      if (to !== null) await known.router.replace(to)
    } catch (error) {
      report(error)
    }
  }

  return {
    use(router, routes) {
      const pending = followNavigations(router)
      known = { router, routes, pending, first: router.currentRoute.value }
      return () => {
        pending.close()
        known = null
      }
    },
    async afterLogin(redirect = true) {
      if (redirect === false) return
      await go((at) =>
        redirect === true
          ? (wayInFrom(at, at.pending.to) ?? wayInFrom(at, at.router.currentRoute.value))
          : redirect,
      )
    },
    async followLogin() {
      await go((at) => {
        const page = at.pending.to ?? at.router.currentRoute.value
        return at.routes.isLoginOrGuest(page) ? wayInFrom(at, page) : null
      })
    },
    async afterLogout(redirect) {
      if (redirect === false) return
      await go((at) => redirect ?? (pageToLeave(at) && at.routes.login))
    },
    async afterEnd() {
      await go((at) => {
        const page = pageToLeave(at)
        return page && at.routes.loginFrom(page)
      })
    },
  }
}

/** Where somebody who has just signed in goes on to; `null`: nowhere, the page is as good as any. */
function wayInFrom({ routes }: Known, page: RouteLocationNormalized | null): RouteLocationRaw | null {
  if (!page) return null
  return routes.returnPathOf(page) ?? (routes.isLoginOrGuest(page) ? routes.home : null)
}

/** The page that is shown, or is being navigated to, if nobody may stay there without a session. */
function pageToLeave({ router, routes, pending, first }: Known): RouteLocationNormalized | null {
  const page = pending.to ?? router.currentRoute.value
  const isStart = page === first && !page.matched.length
  const isOpen = page.meta.auth === false || !routes.isJudged(page) || routes.isLoginOrGuest(page)
  return isStart || isOpen ? null : page
}
