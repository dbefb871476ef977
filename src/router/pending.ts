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

  function watched(go: Router['push']): Router['push'] {
    return (location) => {
      const mine = ++started
      return go(location).catch((error: unknown) => {
        if (mine === started) to = null
        throw error
      })
    }
  }

  const methods = [wrap(router, 'push', watched), wrap(router, 'replace', watched)]
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
      for (const remove of [...hooks, ...methods]) remove()
    },
  }
}

/** A method that stands in for another one. */
type Wrapper = Router['push'] & { inner?: Router['push']; isClosed?: boolean }

/** Puts a wrapper around a method; it can be taken away in any order with those of other identities. */
function wrap(
  router: Router,
  method: 'push' | 'replace',
  around: (go: Router['push']) => Router['push'],
): () => void {
  const wrapper: Wrapper = Object.assign(around(router[method]), { inner: router[method] })
  router[method] = wrapper
  return () => {
    wrapper.isClosed = true
    let outer: Wrapper = router[method]
    while (outer.isClosed && outer.inner) {
      router[method] = outer.inner
      outer = outer.inner
    }
  }
}
