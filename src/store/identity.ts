import type { AuthContext } from './context.ts'
import { type Lifecycle, createLifecycle } from './lifecycle.ts'
import { type Refresh, createRefresh } from './refresh.ts'
import { type Restore, createRestore } from './restore.ts'
import { type SignIn, createSignIn } from './sign-in.ts'
import { type SignOut, createSignOut } from './sign-out.ts'
import { type UserLoader, createUserLoader } from './user.ts'

/** One identity in one application: what its store and its requests share. */
export interface Identity {
  readonly id: string
  readonly lifecycle: Lifecycle
  readonly refresh: Refresh
  readonly restore: Restore
  readonly users: UserLoader
  readonly signIn: SignIn
  readonly signOut: SignOut
}

/** Makes an identity, which reads its stored session at once. */
export function createIdentity(context: AuthContext): Identity {
  const lifecycle = createLifecycle(context)
  const refresh = createRefresh(context, {
    renewed: lifecycle.renew,
    expired(session) {
      lifecycle.end(session, 'expired')
      void context.navigation.afterEnd()
    },
  })
  const users = createUserLoader(context, lifecycle)
  const restore = createRestore(context, lifecycle, users)
  const signOut = createSignOut(context, lifecycle, restore)
  const signIn = createSignIn(context, lifecycle, users, signOut)
  return { id: context.id, lifecycle, refresh, restore, users, signIn, signOut }
}
