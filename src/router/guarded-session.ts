import type { AuthUser } from '../types.ts'

/** All that guards know of the session of one identity. */
export interface GuardedSession {
  /** The session, none: `null`. It is the same object for as long as it is the same session, and only compared. */
  readonly current: object | null
  /** The user of the session, whatever a hydrating page shows so far; `null` as long as nobody is known. */
  readonly user: AuthUser | null
  /**
   * Resolves once it is known whether there is a session. Where a resume got no answer, and nothing else has happened
   * since, the server is asked once more. Never rejects.
   */
  ready(): Promise<void>
  /** Takes in, without waiting, what other tabs have done so far. */
  look(): void
  /**
   * Resolves once the user of the session is there; at once where the backend has none.
   *
   * @throws whatever keeps it from loading, the end of the session among it
   */
  userLoaded(): Promise<void>
  /**
   * Resolves once the user of the session is there or cannot be loaded just now, which is reported once, however many
   * wait; to whoever called `fetchUser`, where that load was theirs. Never rejects.
   */
  userSettled(): Promise<void>
  /** Resolves once the page need no longer look as a server has rendered it; `null` where it need not. */
  readonly hydrated: Promise<void> | null
}
