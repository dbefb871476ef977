import type { Navigation } from '../session/context.ts'
import type { RouteLocation, RouteLocationNormalized, RouteLocationRaw, Router } from '../vue-router.ts'
import { type AuthRoutes, isSamePage } from './auth-routes.ts'
import type { GuardedSession } from './guarded-session.ts'

/** What a guard answers: nothing lets the visitor in. */
type Verdict = RouteLocationRaw | false | undefined

/** The values of `meta.auth` that ask for a session. */
type Demand = Exclude<RouteLocation['meta']['auth'], false | 'guest' | undefined>

/** What has been done in the navigations that redirects made of one. */
interface Chain {
  /** The paths that this guard has sent the visitor to. */
  readonly ways: Set<string>
  isNew: boolean
}

/** What a guard works with besides the session. */
export interface GuardSettings {
  routes: AuthRoutes
  navigation: Navigation
}

/** Guards the routes that an identity judges. Returns what takes the guard away again. */
export function guardRoutes(
  router: Router,
  session: GuardedSession,
  { routes, navigation }: GuardSettings,
): () => void {
  const chains = new WeakMap<RouteLocation, Chain>()

  /** A refusal by a function: the visitor stays, or goes where those go who may not see a page. */
  function refuse(to: RouteLocationNormalized, from: RouteLocationNormalized): Verdict {
    const canStay = from.matched.length && !routes.isLoginOrGuest(from) && !isSamePage(from, to)
    const way = routes.forbidden ?? (canStay ? false : routes.home)
    return way === false || routes.isAt(to, way) ? false : way
  }

  /** A signed-in visitor comes to a guest route. */
  function passBy(to: RouteLocationNormalized): Verdict {
    const way = routes.returnPathOf(to) ?? routes.home
    if (routes.isAt(to, way)) return
    if (!session.hydrated) return way
    // The page that a server has rendered comes first; nobody has seen another one yet.
    void session.hydrated.then(() => session.current && navigation.followLogin())
  }

  /** Whether the session there is may see a page. A user who cannot be loaded just now keeps nobody out by itself. */
  async function asks(auth: Demand, to: RouteLocationNormalized): Promise<boolean> {
    if (auth === true) {
      await session.userSettled()
      return true
    }
    await session.userLoaded()
    return (await auth(session.user, to)) === true
  }

  /** The same of the session there is in the end, `null`: none. One that ends or is replaced meanwhile is no error here. */
  async function isLetIn(auth: Demand, to: RouteLocationNormalized): Promise<boolean | null> {
    for (let asked; (asked = session.current);) {
      try {
        const answer = await asks(auth, to)
        if (asked === session.current) return answer
      } catch (error) {
        if (asked === session.current) throw error
      }
    }
    return null
  }

  async function judge(
    to: RouteLocationNormalized,
    from: RouteLocationNormalized,
    chain: Chain,
  ): Promise<Verdict> {
    const { auth } = to.meta
    if (!auth || !routes.isJudged(to)) return
    if (chain.isNew) await session.ready()
    chain.isNew = false
    session.look()
    if (auth === 'guest') return session.current ? passBy(to) : undefined
    if (routes.isLogin(to)) return
    const answer = await isLetIn(auth, to)
    if (answer === null) return routes.loginFrom(to)
    return answer ? undefined : refuse(to, from)
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
    // Back and Forward have moved the history already: a push on top would trap the visitor in front of the login page.
    const isThere = router.options.history.location === to.fullPath
    return isThere ? { ...way, replace: true } : verdict
  })
}
