import type { Navigation } from '../store/context.ts'
import type { RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import { returnPath } from './return-path.ts'

/** Where visitors are sent. */
export interface NavigationSettings {
  id: string
  loginRoute: RouteLocationRaw
  homeRoute: RouteLocationRaw
  redirectQuery: string
  report(error: unknown): void
}

/** The navigation of one identity, with or without a router. */
export interface RouterNavigation extends Navigation {
  /** Takes a router. */
  use(router: Router): void
  /** Lets go of the router. */
  dispose(): void
}

/** Makes the navigation of one identity. */
export function createNavigation(settings: NavigationSettings): RouterNavigation {
  const { id, loginRoute, homeRoute, redirectQuery, report } = settings
  let router: Router | null = null
  let pending: RouteLocationNormalized | null = null
  let hooks: Array<() => void> = []

  const isLogin = (router: Router, { path }: Pick<RouteLocationNormalized, "path">) => path === router.resolve(loginRoute).path

  /** Whether the end of this identity's session leaves the visitor where he is. */
  function isOpen(router: Router, route: RouteLocationNormalized): boolean {
    const { auth, authId = 'auth' } = route.meta
    return authId !== id || auth === false || auth === 'guest' || isLogin(router, route)
  }

  async function go(router: Router, to: RouteLocationRaw): Promise<void> {
    await router.replace(to).catch(report)
  }

  return {
    use(found) {
      // A stand-in, such as a component test's `mocks`, cannot be asked anything.
      if (typeof found.beforeEach !== 'function') return
      router = found
      const settle = (to: RouteLocationNormalized) => {
        if (to === pending) pending = null
      }
      hooks = [
        found.beforeEach((to) => {
          pending = to
        }),
        found.afterEach(settle),
        found.onError((_error, to) => settle(to)),
      ]
    },
    dispose() {
      for (const remove of hooks) remove()
      router = null
    },
    async afterEnd(redirect) {
      if (!router || redirect === false) return
      if (redirect !== undefined) return go(router, redirect)
      const left = pending ?? router.currentRoute.value
      const isStart = !pending && left.path === '/' && !left.matched.length
      if (isStart || isOpen(router, left)) return
      const { path, query, hash } = router.resolve(loginRoute)
      await go(router, { path, hash, query: { ...query, [redirectQuery]: left.fullPath } })
    },
    async afterLogin(redirect) {
      if (!router || redirect === false) return
      if (redirect !== undefined) return go(router, redirect)
      const here = router.currentRoute.value
      const isDoor = (route: Pick<RouteLocationNormalized, "meta" | "path">) => route.meta.auth === 'guest' || isLogin(router!, route)
      const back = returnPath(router, here.query[redirectQuery])
      if (back && !isDoor(router.resolve(back))) await go(router, back)
      else if (isDoor(here)) await go(router, homeRoute)
    },
  }
}
