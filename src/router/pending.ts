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
 * One that throws (a lazy page that is gone) ends without `afterEach`. `onError` would tell, but the first listener takes
 * vue-router's own message away from the console, and nothing says whether there is another one. So the promise of `push`
 * and `replace` tells; and Back and Forward, which have none, count as long as the address bar shows where they lead: it
 * is set back when they fail.
 */
export function followNavigations(router: Router): PendingNavigation {
  const { history } = router.options
  let to: RouteLocationNormalized | null = null
  /** Where Back or Forward has led, if it was the last to begin. */
  let moved: string | null = null
  let begun = 0

  function begin(place: string | null): number {
    moved = place
    return ++begun
  }

  function watched(go: Router['push']): Router['push'] {
    return (location) => {
      const going = go(location)
      const mine = begin(null)
      return going.catch((error: unknown) => {
        if (mine === begun) to = null
        throw error
      })
    }
  }

  const undo = [
    wrap(router, 'push', watched),
    wrap(router, 'replace', watched),
    history.listen((place) => void begin(place)),
    router.beforeEach((next) => {
      to = next
    }),
    router.afterEach((next) => {
      if (to && origin(next) === origin(to)) to = null
    }),
  ]

  return {
    get to() {
      return moved === null || moved === history.location ? to : null
    },
    close() {
      for (const step of undo) step()
    },
  }
}

/** What a navigation set out for, before any redirect: it tells navigations apart. */
const origin = (location: RouteLocationNormalized) => location.redirectedFrom ?? location

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
