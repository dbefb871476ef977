import type { AuthTokens } from '../types.ts'
import type { AuthContext } from './context.ts'
import { type FollowTabs, createFollowTabs } from './follow-tabs.ts'
import { advance, forget, save, writeEnd } from './home.ts'
import type { HomeListener } from './homes.ts'
import { createLifecycle } from './lifecycle.ts'
import { type Refresh, createRefresh } from './refresh.ts'
import { type Restore, createRestore } from './restore.ts'
import type { Session } from './session.ts'
import { type SignIn, createSignIn } from './sign-in.ts'
import { type SignOut, createSignOut } from './sign-out.ts'
import { createTellServer } from './tell-server.ts'
import { type UpdateTokens, createUpdateTokens } from './update-tokens.ts'
import { type UserLoader, createUserLoader } from './user.ts'

/** One identity in one application: what its store and its requests share. */
export interface Identity {
  readonly id: string
  readonly lifecycle: ReturnType<typeof createLifecycle>
  readonly tabs: FollowTabs
  readonly refresh: Refresh
  readonly restore: Restore
  readonly users: UserLoader
  readonly signIn: SignIn
  readonly update: UpdateTokens
  readonly signOut: SignOut
  /** What its homes tell. */
  readonly listener: Omit<HomeListener, 'report' | 'onHide'>
  /** Looks for the stored session, and tells the server of a logout that it has not heard of. */
  start(): void
  /** Lets go of everything, without ending the session on disk. */
  dispose(): void
}

/** Makes an identity; it reads its stored session once it is started. */
export function createIdentity(context: AuthContext): Identity {
  const { id, homes, navigation } = context
  const lifecycle = createLifecycle(context)
  const users = createUserLoader(context, lifecycle)
  const tabs = createFollowTabs(context, lifecycle, {
    resume: (wanted) => restore.resume(wanted),
    loadUser: users.beside,
  })
  const server = createTellServer(context)
  /** Signs out tokens that nobody keeps, in the turn of whoever has got them. */
  const dismissNow = (tokens: AuthTokens | null) => {
    let isFirst = true
    /** What could not be told at first must not sign out whoever has signed in since: the cookie is theirs. */
    function isDue(): boolean {
      const { record } = homes.shared
      const isStill = isFirst || !context.backend.resumable || record?.known?.ended !== undefined
      isFirst = false
      return isStill
    }
    return server.tellNow({ tokens, isDue, onTold: () => {} })
  }
  const refresh = createRefresh(context, lifecycle, tabs, {
    expire,
    signOut: dismissNow,
  })
  const restore = createRestore(context, lifecycle, tabs, refresh, users, dismissNow)
  const signOut = createSignOut(context, lifecycle, tabs, restore, server)
  const signIn = createSignIn(context, lifecycle, users, signOut)
  const update = createUpdateTokens(context, lifecycle, tabs)

  function expire(session: Session, cause: unknown): void {
    if (session !== lifecycle.current.value) return
    // What a copy of this tab goes on with is not over because this one cannot.
    if (session.isOutdated) forget(session.home, session.id)
    else writeEnd(session.home, session, 'expired', true)
    lifecycle.end('expired', cause ?? new Error('There was nothing to refresh the session with.'))
    void navigation.afterEnd()
  }

  /** Tokens that could not be stored are stored at the next wake, under a state that is news to the other tabs. */
  function storeAgain(): void {
    const session = lifecycle.current.value
    if (!session?.home.place?.isFailing) return
    session.generation = advance(session.home, session.generation)
    void save(session.home, session.record)
  }

  return {
    id,
    lifecycle,
    tabs,
    refresh,
    restore,
    users,
    signIn,
    update,
    signOut,
    listener: {
      onChange: tabs.onChange,
      onCleared: tabs.onCleared,
      onWake() {
        void tabs.look()
        storeAgain()
        void signOut.tellAgain()
      },
    },
    start() {
      restore.start()
      void restore.found().then(() => (context.stop.aborted ? undefined : signOut.tellAgain()))
    },
    dispose() {
      lifecycle.release()
      homes.close()
    },
  }
}
