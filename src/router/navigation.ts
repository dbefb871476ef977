import type { Navigation } from '../store/context.ts'
import type { RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import type { Places } from './places.ts'

/** The navigation of one identity, with or without a router. */
export interface RouterNavigation extends Navigation {
  /** Takes a router. Returns what lets go of it again. */
  use(router: Router, places: Places): () => void
}

/** Makes the navigation of one identity. */
export function createNavigation(report: (error: unknown) => void): RouterNavigation {
  let known: { router: Router; places: Places } | null = null
  let pending: RouteLocationNormalized | null = null

  /** Goes where it is told; a place that the router does not know must not undo what happened to the session. */
  async function go(way: (router: Router, places: Places) => RouteLocationRaw | undefined): Promise<void> {
    if (!known) return
    try {
      const to = way(known.router, known.places)
      if (to !== undefined) await known.router.replace(to)
    } catch (error) {
      report(error)
    }
  }

  return {
    use(router, places) {
      known = { router, places }
      // During a navigation `currentRoute` is still what is being left.
      const hooks = [
        router.beforeEach((to) => {
          pending = to
        }),
        router.afterEach((to) => {
          if (to === pending || to.redirectedFrom === pending) pending = null
        }),
      ]
      return () => {
        for (const remove of hooks) remove()
        known = null
      }
    },
    async afterEnd(redirect) {
      if (redirect === false) return
      await go((router, places) => {
        if (redirect !== undefined) return redirect
        const left = pending ?? router.currentRoute.value
        const isStart = !pending && left.path === '/' && !left.matched.length
        if (isStart || !places.isJudged(left) || left.meta.auth === false || places.isDoor(left))
          return undefined
        return places.login(left)
      })
    },
    async afterLogin(redirect) {
      if (redirect === false) return
      await go((router, places) => {
        const here = pending && places.isDoor(pending) ? pending : router.currentRoute.value
        return redirect ?? places.back(here) ?? (places.isDoor(here) ? places.home : undefined)
      })
    },
  }
}
