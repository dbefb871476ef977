import { AuthError } from '../errors.ts'
import type { Standing } from '../standing.ts'
import { tokensFromReply } from '../token/reply.ts'
import type { AuthTokens, AuthUser, TokenReply } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { OtherTabs } from './other-tabs.ts'
import { Session } from './session.ts'
import type { SignOut } from './sign-out.ts'
import type { Turns } from './turns.ts'
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

/** The ways a session begins by intent. */
export interface SignIn {
  login(credentials: unknown, options?: LoginOptions): Promise<void>
  setTokens(reply: TokenReply): Promise<void>
}

/** Makes the actions that begin a session. */
export function createSignIn(
  context: AuthContext,
  lifecycle: Lifecycle,
  turns: Turns,
  tabs: OtherTabs,
  users: UserLoader,
  signOut: SignOut,
): SignIn {
  const { backend, leeway, navigation } = context

  function begin(
    tokens: AuthTokens,
    remember: boolean,
    user?: AuthUser | null,
    standing = tabs.next(),
  ): Promise<void> {
    const session = Session.start(tokens, { ...standing, remember, leeway })
    const saved = tabs.began(session)
    lifecycle.begin(session, user)
    return saved
  }

  return {
    async login(credentials, { redirect, remember = true } = {}) {
      if (!backend.login) {
        throw new Error(
          'The backend has no `login`. Give it one, or pass tokens obtained elsewhere to `setTokens(tokens)`.',
        )
      }
      const isMine = lifecycle.claim()
      let standing: Standing | undefined
      /** Whether nothing has come after it, here or in another tab. */
      const isLatest = () => isMine() && !(standing && tabs.isOver({ ...standing, remember }))
      await lifecycle.ready()
      await signOut.settled()
      const ask = async () => {
        // One that was overtaken while it waited would leave its cookie behind.
        if (backend.resumable && !isLatest()) throw new AuthError('ERR_AUTH_SESSION_CHANGED')
        const reply = await backend.login!(credentials, context.backendContext(context.stop))
        standing = await tabs.cookie?.changedHands()
        return reply
      }
      const reply = await turns.inTurn(ask)
      const tokens = tokensFromReply(reply)
      let user: AuthUser | null = null
      try {
        user = (await backend.user?.(context.withTokens(tokens), tokens)) ?? null
        if (!isLatest()) throw new AuthError('ERR_AUTH_SESSION_CHANGED')
      } catch (error) {
        // No session begins here, so none should stay behind; a cookie is in the hands of what came later.
        if (!backend.resumable) void signOut.dismiss(tokens)
        // The cookie of the session that there was has gone as well.
        else if (isLatest()) void signOut.logout({ redirect: false })
        throw error
      }
      await Promise.all([begin(tokens, remember, user, standing), navigation.afterLogin(redirect)])
    },
    async setTokens(reply) {
      const tokens = tokensFromReply(reply, { handed: true })
      lifecycle.claim()
      const saved = begin(tokens, true)
      users.beside()
      await saved
    },
  }
}
