import { isAuthError } from '../errors.ts'
import type { Identity } from '../store/identity.ts'
import type { RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import type { Places } from './places.ts'

/** What a guard answers: nothing lets the visitor in. */
type Verdict = RouteLocationRaw | false | undefined

/** Where a guard sends those it turns away. */
export interface GuardSettings {
  places: Places
  forbiddenRoute: RouteLocationRaw | undefined
}

/** Guards the routes that an identity judges. Returns what takes the guard away again. */
export function guardRoutes(
  router: Router,
  identity: Identity,
  { places, forbiddenRoute }: GuardSettings,
): () => void {
  const { lifecycle, restore, users } = identity

  /** A refusal by a function: the visitor stays, or goes where those without leave go. */
  function forbid(to: RouteLocationNormalized, from: RouteLocationNormalized): Verdict {
    const isFirst = from.matched.length === 0
    const way = forbiddenRoute ?? (isFirst ? places.home : false)
    return way === false || places.is(to, way) ? false : way
  }

  /** Loads the user for a function that asks about him; a session that ends meanwhile is no error here. */
  async function loadUser(): Promise<void> {
    try {
      await users.loaded()
    } catch (error) {
      if (!isAuthError(error) || lifecycle.current.value) throw error
    }
  }

  return router.beforeEach(async (to, from): Promise<Verdict> => {
    const { auth } = to.meta
    if (!places.isJudged(to) || !auth) return
    await restore.again()
    if (auth === 'guest') {
      if (!lifecycle.current.value) return
      const way = places.back(to) ?? places.home
      return places.is(to, way) ? undefined : way
    }
    if (places.isLogin(to)) return
    if (typeof auth === 'function' && lifecycle.current.value) await loadUser()
    if (!lifecycle.current.value) return places.login(to)
    if (typeof auth === 'function' && !auth(lifecycle.user.value, to)) return forbid(to, from)
  })
}
