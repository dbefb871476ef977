import { AuthError, isAuthError } from '../errors.ts'
import type { AuthUser } from '../types.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Session } from './session.ts'

/** Loads the user of the session. */
export interface UserLoader {
  /** Loads them into the store. */
  fetchUser(): Promise<AuthUser>
  /** Loads them where the backend can, and nobody waits. */
  beside(): void
  /** Resolves once the user of the session is there, where the backend can load one. */
  loaded(): Promise<void>
  /** The same, also where the user cannot be loaded just now: that is reported, or told to whoever asked first. */
  settled(): Promise<void>
}

/** Makes the action that loads the user. */
export function createUserLoader(
  { backend, http, hasPage, report }: AuthContext,
  lifecycle: Lifecycle,
): UserLoader {
  let loading: { session: Session; user: Promise<AuthUser> } | null = null

  async function load(session: Session): Promise<AuthUser> {
    if (session.endedBy) throw session.lastWord
    const ask = async () => backend.user!(http, session.tokens)
    const user = await session.whileAlive(ask())
    if (session.endedBy) throw session.lastWord
    lifecycle.meet(user, session)
    return user
  }

  async function fetchUser(): Promise<AuthUser> {
    if (!backend.user) {
      throw new Error('The backend has no `user`. Give it one, such as `httpBackend({ user: "/auth/me" })`.')
    }
    if (lifecycle.isPending) await lifecycle.ready()
    const session = lifecycle.current.value
    if (!session) throw new AuthError('ERR_AUTH_EXPIRED')
    const mine = { session, user: load(session) }
    loading = mine
    return mine.user.finally(() => {
      if (loading === mine) loading = null
    })
  }

  async function beside(): Promise<void> {
    const session = lifecycle.current.value
    if (!backend.user || !session) return
    await fetchUser().catch((error) => {
      // The end of a session shows by itself; only what does not show is worth a word. A server that leaves the refresh
      // to the page has not failed.
      const isLeftToPage = !hasPage && isAuthError(error) && error.code === 'ERR_AUTH_REFRESH'
      if (!session.endedBy && !isLeftToPage) report(error)
    })
  }

  /** The load that is under way for the session there is. */
  const pending = () => (loading?.session === lifecycle.current.value ? loading?.user : undefined)

  return {
    fetchUser,
    beside: () => void beside(),
    async loaded() {
      if (!backend.user || lifecycle.knownUser) return
      await (pending() ?? fetchUser())
    },
    async settled() {
      if (!backend.user || lifecycle.knownUser) return
      await (pending()?.catch(() => {}) ?? beside()) // whoever began it hears of a failure
    },
  }
}
