import { AuthError } from '../errors.ts'
import { within } from '../timing.ts'
import { hasExpired } from '../token/lifetime.ts'
import type { AuthTokens } from '../types.ts'
import { askForTokens } from './ask.ts'
import { safeCause } from './cause.ts'
import type { AuthContext } from './context.ts'
import { statusOf } from './failure.ts'
import { inCookieTurn } from './turns.ts'

/** What the server is to be told. */
export interface Farewell {
  /** The tokens to sign out; none where the server keeps them to itself. */
  tokens: AuthTokens | null
  /** Whether it is still to be told, asked in the turn in which it would be. */
  isDue(): boolean
  /** Whether no session has begun with the tokens: they are handed back as they came. */
  isUnused?: boolean
  /** Whether the session was refused already: its refresh token is good for nothing. */
  isRefused?: boolean
  /** Until when nobody is to ask for tokens again, in ms of the monotonic clock: a refresh has just failed. */
  askAgainAt?: number
  /** The server knows. */
  onTold(): void
}

/** Lets the server know of the end of a session. */
export interface TellServer {
  /** Resolves when the server knows, or when it could not be told; that is reported, and tried again at the next wake. */
  tell(farewell: Farewell): Promise<void>
  /** The same in the turn of whoever asks. */
  tellNow(farewell: Farewell): Promise<void>
  /** Tells once more what could not be told; says whether there is anything. */
  again(): boolean
}

/** Makes the way in which a logout reaches the server. */
export function createTellServer(context: AuthContext): TellServer {
  const { backend, refreshTimeout, report } = context
  const untold = new Set<Farewell>()
  const telling = new Set<Farewell>()

  /** Puts fresh tokens in the place of those that a logout would be refused with; says whether the session still lives. */
  async function renew(farewell: Farewell): Promise<boolean> {
    const { isRefused, askAgainAt = 0 } = farewell
    if (isRefused) return false
    if (performance.now() < askAgainAt) throw new AuthError('ERR_AUTH_REFRESH')
    const over = new AbortController()
    const outcome = await askForTokens(context, {
      tokens: farewell.tokens,
      ended: over.signal,
      // Somebody may have signed in while it waited for its next attempt: the cookie is theirs.
      onAttempt: () => farewell.isDue() || over.abort(),
    })
    if (outcome.kind === 'failed') throw outcome.cause
    if (outcome.kind === 'renewed') farewell.tokens = outcome.tokens
    return outcome.kind === 'renewed'
  }

  async function send(farewell: Farewell): Promise<void> {
    const { tokens } = farewell
    await within({ timeout: refreshTimeout }, (signal) =>
      backend.logout?.(tokens, context.backendContext(signal, { tokens })),
    )
  }

  async function attempt(farewell: Farewell): Promise<void> {
    const { tokens } = farewell
    const isDead = tokens !== null && hasExpired(tokens) && !backend.logoutWithoutToken && !farewell.isUnused
    if (isDead && !(await renew(farewell))) return
    try {
      await send(farewell)
    } catch (error) {
      if (statusOf(error) !== 401 || isDead || farewell.isUnused) throw error
      // Where the session cannot be renewed either, the server has ended it already.
      if (await renew(farewell)) await send(farewell)
    }
  }

  async function tellInTurn(farewell: Farewell): Promise<void> {
    if (!farewell.isDue()) return void untold.delete(farewell)
    if (!backend.logout) return farewell.onTold()
    try {
      await attempt(farewell)
      untold.delete(farewell)
      farewell.onTold()
    } catch (error) {
      if (!farewell.isDue()) return void untold.delete(farewell)
      const { accessToken, refreshToken } = farewell.tokens ?? {}
      if (!untold.has(farewell)) report(safeCause(error, [accessToken, refreshToken]))
      untold.add(farewell)
    }
  }

  async function tell(farewell: Farewell): Promise<void> {
    if (telling.has(farewell)) return
    telling.add(farewell)
    await inCookieTurn(context, () => tellInTurn(farewell))
    telling.delete(farewell)
  }

  return {
    tell,
    tellNow: tellInTurn,
    again() {
      for (const farewell of untold) void tell(farewell)
      return untold.size + telling.size > 0
    },
  }
}
