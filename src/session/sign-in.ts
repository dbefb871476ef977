import { AuthError } from '../errors.ts'
import type { Standing } from '../standing.ts'
import { within } from '../timing.ts'
import { tokensFromReply, userFromReply } from '../token/reply.ts'
import type { AuthTokens, AuthUser, TokenReply } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { AuthContext } from './context.ts'
import { nextStanding, save, writeEnd } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session, stateOf } from './session.ts'
import type { SignOut } from './sign-out.ts'
import { inCookieTurn } from './turns.ts'
import type { UserLoader } from './user.ts'

/** Options of `login`. */
export interface LoginOptions {
  /** A route to go to instead of the return path; `false` stays. */
  redirect?: RouteLocationRaw | false
  /**
   * Whether the session outlives the tab.
   *
   * @default true
   */
  remember?: boolean
}

/** Options of `setTokens`. */
export interface SetTokensOptions {
  /**
   * A route to go to; `true` for the return path.
   *
   * @default none: the visitor stays
   */
  redirect?: RouteLocationRaw | boolean
}

/** The ways a session begins by intent. */
export interface SignIn {
  login(credentials: unknown, options?: LoginOptions): Promise<void>
  setTokens(reply: TokenReply, options?: SetTokensOptions): Promise<void>
}

/** What a server has answered to a login. */
interface SignedIn {
  tokens: AuthTokens | null
  user: AuthUser | null
  standing: Standing
}

/** Makes the request of a login: the server's answer, with its user, unless something else was asked for meanwhile. */
function createLoginRequest(
  context: AuthContext,
  lifecycle: Lifecycle,
  signOut: SignOut,
): (credentials: unknown, isLatest: () => boolean) => Promise<SignedIn> {
  const { backend } = context
  const { shared } = context.homes

  /** The cookies of the browser are those of another session now, whatever becomes of it. */
  function changeHands(standing: Standing, isHidden: boolean): void {
    void shared.record?.publish({ ...standing, isHidden })
    if (lifecycle.current.value) lifecycle.end('replaced')
  }

  /** The cookie of a login that failed halfway is to be gone in all tabs. */
  async function abandon({ standing, tokens }: SignedIn): Promise<void> {
    writeEnd(shared, standing, 'logout', !backend.logout)
    await signOut.tellOf(tokens)
  }

  async function ask(credentials: unknown, isLatest: () => boolean): Promise<SignedIn> {
    // One that was overtaken while it waited would leave its cookie behind.
    if (backend.resumable && !isLatest()) throw new AuthError('ERR_AUTH_SESSION_CHANGED')
    const reply = await backend.login!(credentials, context.backendContext(context.stop))
    const tokens = reply === true ? null : tokensFromReply(reply, { from: 'backend.login' })
    const user = reply === true || backend.user ? null : (userFromReply(reply) ?? null)
    const signedIn = { tokens, user, standing: nextStanding(shared) }
    if (!backend.resumable) return signedIn
    if (isLatest()) changeHands(signedIn.standing, reply === true)
    else {
      void abandon(signedIn)
      throw new AuthError('ERR_AUTH_SESSION_CHANGED')
    }
    return signedIn
  }

  /** Whether the session that a login has begun is still the latest in all tabs. */
  const isLast = ({ id }: Standing) => !backend.resumable || !shared.record || shared.record.known?.id === id

  async function complete(signedIn: SignedIn, isLatest: () => boolean): Promise<SignedIn> {
    const isStill = () => isLatest() && isLast(signedIn.standing)
    try {
      const user = backend.user
        ? await backend.user(context.withTokens(signedIn.tokens), signedIn.tokens)
        : signedIn.user
      shared.record?.look()
      if (!isStill()) throw new AuthError('ERR_AUTH_SESSION_CHANGED')
      return { ...signedIn, user }
    } catch (error) {
      // No session begins here, so none should stay behind; a cookie is in the hands of what came later.
      if (!backend.resumable) void signOut.dismiss(signedIn.tokens)
      else if (isStill()) void abandon(signedIn)
      throw error
    }
  }

  return async (credentials, isLatest) =>
    complete(await inCookieTurn(context, () => ask(credentials, isLatest)), isLatest)
}

/** Makes the actions that begin a session. */
export function createSignIn(
  context: AuthContext,
  lifecycle: Lifecycle,
  users: UserLoader,
  signOut: SignOut,
): SignIn {
  const { backend, homes, leeway, navigation } = context
  const request = createLoginRequest(context, lifecycle, signOut)

  /** A storage that takes longer goes on by itself, and has been reported. */
  const inGoodTime = (saved: Promise<void>) =>
    within({ timeout: context.refreshTimeout, stop: context.stop }, () => saved).catch(() => {})

  /** Begins a session in the place of the one there is. */
  function begin({ tokens, user, standing }: SignedIn, remember: boolean): Promise<void> {
    const previous = lifecycle.current.value
    const state = stateOf(standing, tokens, leeway)
    const session = new Session(state, homes.forNew(remember, standing.id))
    const saved = save(session.home, session.record)
    // Whoever shares a session sees that the next one has begun; every other one has to be told.
    if (previous && previous.home !== session.home)
      writeEnd(previous.home, previous, 'replaced', true, session.home)
    lifecycle.begin(session, user)
    return inGoodTime(saved)
  }

  return {
    async login(credentials, { redirect, remember = true } = {}) {
      if (!backend.login) {
        throw new Error(
          'The backend has no `login`. Give it one, or pass tokens obtained elsewhere to `setTokens(tokens)`.',
        )
      }
      const isLatest = lifecycle.claim()
      await lifecycle.ready()
      await signOut.settled()
      const signedIn = await request(credentials, isLatest)
      // What has begun in another tab meanwhile gives way there as it does here; a cookie is in the hands of the last login.
      const standing = backend.resumable ? signedIn.standing : nextStanding(homes.shared)
      await Promise.all([begin({ ...signedIn, standing }, remember), navigation.afterLogin(redirect)])
    },
    async setTokens(reply, { redirect = false } = {}) {
      const tokens = tokensFromReply(reply, { handed: true, from: 'setTokens' })
      lifecycle.claim()
      const user = backend.user ? null : (userFromReply(reply) ?? null)
      const saved = begin({ tokens, user, standing: nextStanding(homes.shared) }, true)
      users.beside()
      await Promise.all([saved, navigation.afterLogin(redirect)])
    },
  }
}
