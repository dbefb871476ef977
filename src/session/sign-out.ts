import { within } from '../timing.ts'
import type { AuthTokens } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { Outcome } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { OtherTabs } from './other-tabs.ts'
import type { Restore } from './restore.ts'
import type { Turns } from './turns.ts'

/** Options of `logout`. */
export interface LogoutOptions {
  /** A route to go to instead of the login page; `false` stays. */
  redirect?: RouteLocationRaw | false
}

/** The way a session ends by intent. */
export interface SignOut {
  logout(options?: LogoutOptions): Promise<void>
  /** Tells the backend that these tokens are done with; a server that does not answer changes nothing. */
  dismiss(tokens: AuthTokens | null): Promise<void>
  /** Resolves once what an earlier session still has on its way can no longer touch the cookies of the next. */
  settled(): Promise<void>
}

/** Makes the action that ends a session. */
export function createSignOut(
  context: AuthContext,
  lifecycle: Lifecycle,
  turns: Turns,
  tabs: OtherTabs,
  restore: Restore,
): SignOut {
  const { backend, vault, navigation, refreshTimeout, stop } = context
  let farewell: Promise<void> | null = null

  async function dismiss(tokens: AuthTokens | null): Promise<void> {
    const bounds = { timeout: refreshTimeout, stop }
    const ask = (signal: AbortSignal) => backend.logout?.(tokens, context.backendContext(signal))
    // The session is over here, whatever the server makes of it.
    await within(bounds, ask).catch(() => {})
  }

  /** Ends what there is; the answer are the newest tokens the server may still know. */
  async function endSession(): Promise<AuthTokens | null> {
    const session = lifecycle.current.value
    if (session) {
      const { tokens } = session
      const flight = session.flight.value
      tabs.ended(session, 'logout')
      lifecycle.end('logout')
      return flight ? newest(await flight.outcome, tokens) : tokens
    }
    if (!lifecycle.isPending) return null
    lifecycle.beAnonymous()
    tabs.endedUnseen()
    void vault.clear()
    const stored = await restore.found()
    // A session that begins before the storage answers may be the one it shows.
    return stored && stored.id !== lifecycle.current.value?.id ? stored.tokens : null
  }

  /** Ends what there is, and says so to a server that may know of it. */
  async function endAndTell(): Promise<void> {
    const ending = endSession()
    const tell = async () => {
      const tokens = await ending
      if (!tokens && !backend.resumable) return
      await dismiss(tokens)
      await tabs.cookie?.endedByServer()
    }
    // The turn is taken at once: a tab that opens meanwhile asks the server after this.
    await turns.inTurn(tell).catch(() => {}) // unmounted before its turn came
  }

  return {
    dismiss,
    logout({ redirect } = {}) {
      lifecycle.claim()
      if (farewell && !lifecycle.current.value) return farewell
      const mine = Promise.all([endAndTell(), navigation.afterLogout(redirect)])
        .then(() => {})
        .finally(() => {
          if (farewell === mine) farewell = null
        })
      farewell = mine
      return mine
    },
    async settled() {
      if (!backend.resumable) return
      await Promise.all([farewell, restore.settled(), lifecycle.current.value?.flight.value?.outcome])
    },
  }
}

const newest = (outcome: Outcome, tokens: AuthTokens) =>
  outcome.kind === 'renewed' ? outcome.tokens : tokens
