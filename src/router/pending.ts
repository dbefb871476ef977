import type { RouteLocationNormalized, Router } from '../vue-router.ts'

/** The navigation that is under way: during one, `currentRoute` is still what is being left. */
export interface PendingNavigation {
  readonly to: RouteLocationNormalized | null
  /** Lets go of the router. */
  close(): void
}

/**
 * Follows the navigations of a router.
 *
 * One that throws (a lazy page that is gone) ends without `afterEach`, and an `onError` listener would take vue-router's
 * own message of it away from the console: that it is over is told by the promise of `push` or `replace`.
 */
export function followNavigations(router: Router): PendingNavigation {
  let to: RouteLocationNormalized | null = null
  let started = 0
  const { push, replace } = router

  function watched(go: Router['push']): Router['push'] {
    return async (location) => {
      const mine = ++started
      try {
        return await go(location)
      } catch (error) {
        if (mine === started) to = null
        throw error
      }
    }
  }

  const own = { push: watched(push), replace: watched(replace) }
  Object.assign(router, own)
  const hooks = [
    router.beforeEach((next) => {
      to = next
    }),
    router.afterEach((next) => {
      if (next === to || next.redirectedFrom === to) to = null
    }),
  ]

  return {
    get to() {
      return to
    },
    close() {
      for (const remove of hooks) remove()
      if (router.push === own.push) router.push = push
      if (router.replace === own.replace) router.replace = replace
    },
  }
}
