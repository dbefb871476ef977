import type { Navigation } from '../session/context.ts'
import type { RouteLocationRaw, Router } from '../vue-router.ts'
import { type PendingNavigation, followNavigations } from './pending.ts'
import type { Places } from './places.ts'

/** The navigation of one identity, with or without a router. */
export interface RouterNavigation extends Navigation {
  /** Takes a router. Returns what lets go of it again. */
  use(router: Router, places: Places): () => void
}

/** A router, and what is known of it. */
interface Known {
  router: Router
  places: Places
  pending: PendingNavigation
}

/** Makes the navigation of one identity. */
export function createNavigation(report: (error: unknown) => void): RouterNavigation {
  let known: Known | null = null

  /** Goes where it is told; a place that the router does not know must not undo what happened to the session. */
  async function go(way: (known: Known) => RouteLocationRaw | undefined): Promise<void> {
    if (!known) return
    try {
      const to = way(known)
      if (to !== undefined) await known.router.replace(to)
    } catch (error) {
      report(error)
    }
  }

  return {
    use(router, places) {
      const pending = followNavigations(router)
      known = { router, places, pending }
      return () => {
        pending.close()
        known = null
      }
    },
    async afterLogout(redirect) {
      if (redirect === false) return
      await go(
        ({ router, places, pending }) =>
          redirect ?? (places.isLogin(pending.to ?? router.currentRoute.value) ? undefined : places.login()),
      )
    },
    async followLogin() {
      await go(({ router, places, pending }) => {
        const here = pending.to && places.isDoor(pending.to) ? pending.to : router.currentRoute.value
        return places.isDoor(here) ? (places.back(here) ?? places.home) : undefined
      })
    },
    async afterEnd() {
      await go(({ router, places, pending }) => {
        const left = pending.to ?? router.currentRoute.value
        const isStart = !pending.to && left.path === '/' && !left.matched.length
        if (isStart || !places.isJudged(left) || left.meta.auth === false || places.isDoor(left))
          return undefined
        return places.login(left)
      })
    },
    async afterLogin(redirect) {
      if (redirect === false) return
      await go(({ router, places, pending }) => {
        const here = pending.to && places.isDoor(pending.to) ? pending.to : router.currentRoute.value
        if (redirect !== undefined && redirect !== true) return redirect
        return places.back(here) ?? (places.isDoor(here) ? places.home : undefined)
      })
    },
  }
}
