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

  async function go(router: Router, to: RouteLocationRaw): Promise<void> {
    await router.replace(to).catch(report)
  }

  return {
    use(router, places) {
      known = { router, places }
      const settle = (to: RouteLocationNormalized) => {
        if (to === pending) pending = null
      }
      // During a navigation `currentRoute` is still what is being left.
      const hooks = [
        router.beforeEach((to) => {
          pending = to
        }),
        router.afterEach(settle),
        router.onError((_error, to) => settle(to)),
      ]
      return () => {
        for (const remove of hooks) remove()
        known = null
      }
    },
    async afterEnd(redirect) {
      if (!known || redirect === false) return
      const { router, places } = known
      if (redirect !== undefined) return go(router, redirect)
      const left = pending ?? router.currentRoute.value
      const isStart = !pending && left.path === '/' && !left.matched.length
      if (isStart || !places.isJudged(left) || left.meta.auth === false || places.isDoor(left)) return
      await go(router, places.login(left))
    },
    async afterLogin(redirect) {
      if (!known || redirect === false) return
      const { router, places } = known
      const here = router.currentRoute.value
      const way = redirect ?? places.back(here) ?? (places.isDoor(here) ? places.home : undefined)
      if (way !== undefined) await go(router, way)
    },
  }
}
