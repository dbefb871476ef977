import type { Navigation } from '../session/context.ts'
import type { Identity } from '../session/identity.ts'
import type { RouteLocation, RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import type { Places } from './places.ts'

/** What a guard answers: nothing lets the visitor in. */
type Verdict = RouteLocationRaw | false | undefined

/** What has been done in the navigations that redirects made of one. */
interface Chain {
  /** The paths that this guard has sent the visitor to. */
  readonly ways: Set<string>
  isNew: boolean
}

/** Where a guard sends those it turns away. */
export interface GuardSettings {
  places: Places
  navigation: Navigation
  forbiddenRoute: RouteLocationRaw | undefined
}

/** Guards the routes that an identity judges. Returns what takes the guard away again. */
export function guardRoutes(
  router: Router,
  identity: Identity,
  { places, navigation, forbiddenRoute }: GuardSettings,
): () => void {
  const { lifecycle, restore, tabs, users } = identity
  const chains = new WeakMap<RouteLocation, Chain>()

  /** A refusal by a function: the visitor stays, or goes where those without leave go. */
  function forbid(to: RouteLocationNormalized, from: RouteLocationNormalized): Verdict {
    const cannotStay = from.matched.length === 0 || places.isDoor(from)
    const way = forbiddenRoute ?? (cannotStay ? places.home : false)
    return way === false || places.is(to, way) ? false : way
  }

  /** Loads the user of the session there is in the end: one that ends or is replaced meanwhile is no error here. */
  async function loadUser(): Promise<void> {
    for (let session; (session = lifecycle.current.value);) {
      try {
        await users.loaded()
        if (session === lifecycle.current.value) return
      } catch (error) {
        if (session === lifecycle.current.value) throw error
      }
    }
  }

  async function judge(
    to: RouteLocationNormalized,
    from: RouteLocationNormalized,
    chain: Chain,
  ): Promise<Verdict> {
    const { auth } = to.meta
    if (!places.isJudged(to) || !auth) return
    await (chain.isNew ? restore.again() : lifecycle.ready())
    chain.isNew = false
    void tabs.look()
    if (auth === 'guest') {
      if (!lifecycle.current.value) return
      const way = places.back(to) ?? places.home
      if (places.is(to, way)) return
      if (!lifecycle.hydrating) return way
      // The page that a server has rendered comes first; nobody has seen another one yet.
      void lifecycle.hydrating.then(() => navigation.afterLogin(way))
      return
    }
    if (places.isLogin(to)) return
    if (typeof auth === 'function') await loadUser()
    if (!lifecycle.current.value) return places.login(to)
    if (typeof auth === 'function' && !auth(lifecycle.knownUser, to)) return forbid(to, from)
  }

  return router.beforeEach(async (to, from) => {
    const chain = chains.get(to.redirectedFrom ?? to) ?? { ways: new Set(), isNew: true }
    chains.set(to.redirectedFrom ?? to, chain)
    const verdict = await judge(to, from, chain)
    if (!verdict) return verdict
    const way = router.resolve(verdict)
    // Going round in circles helps nobody: a guest page is shown then, and every other one is not.
    if (chain.ways.has(way.path)) return to.meta.auth === 'guest' ? undefined : false
    chain.ways.add(way.path)
    // Back and Forward have moved the history already: a push on top would trap the visitor in front of the door.
    const isThere = router.options.history.location === to.fullPath
    return isThere ? { ...way, replace: true } : verdict
  })
}
