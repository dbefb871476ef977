import { refreshDueAt } from '../token/lifetime.ts'
import type { AuthContext } from './context.ts'
import { type Lifecycle, createLifecycle } from './lifecycle.ts'
import { type OtherTabs, createOtherTabs } from './other-tabs.ts'
import { type Refresh, createRefresh } from './refresh.ts'
import { type Restore, createRestore } from './restore.ts'
import { type SignIn, createSignIn } from './sign-in.ts'
import { type SignOut, createSignOut } from './sign-out.ts'
import { createTurns } from './turns.ts'
import { type UserLoader, createUserLoader } from './user.ts'

/** One identity in one application: what its store and its requests share. */
export interface Identity {
  readonly id: string
  readonly lifecycle: Lifecycle
  readonly tabs: OtherTabs
  readonly refresh: Refresh
  readonly restore: Restore
  readonly users: UserLoader
  readonly signIn: SignIn
  readonly signOut: SignOut
  /** Lets go of everything, without ending the session on disk. */
  dispose(): void
}

/** Makes an identity, which reads its stored session at once. */
export function createIdentity(context: AuthContext): Identity {
  const { id, backend, leeway, vault, navigation } = context
  const lifecycle = createLifecycle(context)
  const users = createUserLoader(context, lifecycle)
  const turns = createTurns(context)
  const tabs = createOtherTabs(context, lifecycle, turns, users, {
    resume: (standing) => restore.anew(standing),
    orphaned: (tokens) => signOut.dismiss(tokens),
  })
  const refresh = createRefresh(context, tabs, {
    report: context.report,
    renew(session, tokens) {
      session.renew({
        tokens,
        refreshAt: refreshDueAt(tokens, leeway),
        generation: backend.resumable ? session.standing.generation : vault.advance(),
      })
    },
    expire(session, cause) {
      tabs.ended(session, 'expired')
      lifecycle.end('expired', cause)
      void navigation.afterEnd()
    },
  })
  const restore = createRestore(context, lifecycle, tabs, users)
  const signOut = createSignOut(context, lifecycle, turns, tabs, restore)
  const signIn = createSignIn(context, lifecycle, turns, tabs, users, signOut)
  return {
    id,
    lifecycle,
    tabs,
    refresh,
    restore,
    users,
    signIn,
    signOut,
    dispose() {
      lifecycle.claim()
      lifecycle.beAnonymous()
      tabs.dispose()
    },
  }
}
