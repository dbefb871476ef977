import { isOverBy } from '../standing.ts'
import { type SessionRecord, isUntold } from '../storage/record.ts'
import type { AuthTokens, AuthUser } from '../types.ts'
import { type Outcome, askForTokens } from './ask.ts'
import type { AuthContext } from './context.ts'
import { nextStanding, saveInTurn } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session, stateOf } from './session.ts'
import { inTurn } from './turns.ts'

/** The way to a session that the server keeps. */
export interface Resume {
  /**
   * Asks the server for the session behind the cookie, while no other tab does. Never rejects.
   *
   * @param wanted the session that another tab has begun
   */
  ask(wanted?: string): Promise<Found | null>
  /** Whether the server gave no answer the last time, and nobody has asked for anything else since. */
  isUnanswered(): boolean
}

/** A session that goes on, and its user where the answer of a server held one. */
export interface Found {
  readonly session: Session
  readonly user?: AuthUser | undefined
}

/** Makes the one place that asks a server for a session that is not known here. */
export function createResume(
  context: AuthContext,
  lifecycle: Lifecycle,
  dismiss: (tokens: AuthTokens | null) => Promise<void>,
): Resume {
  const { backend, homes, leeway, hasPage } = context
  const { shared } = homes
  const { record } = shared
  let isUnanswered = () => false

  /** Whether somebody has signed out since the record was this one. */
  function hasEndedSince(before: SessionRecord | null | undefined): boolean {
    record?.look()
    return record?.known?.ended !== undefined && record.known !== before
  }

  /** Begins the session of an answer; one of its own where no other tab has it already. */
  async function begin({ tokens, user }: Outcome & { kind: 'renewed' }): Promise<Found> {
    const latest = record?.known
    const joined = latest && !latest.ended ? latest : null
    const standing = joined ?? nextStanding(shared)
    const state = tokens ? stateOf(standing, tokens, leeway) : { ...standing, isHidden: true }
    const session = new Session(state, shared)
    if (!joined) await saveInTurn(shared, session.record)
    return { session, user }
  }

  async function askInTurn(isLatest: () => boolean, wanted: string | undefined): Promise<Found | null> {
    await record?.catchUp(context.stop)
    const before = record?.known
    if (isUntold(before) || !isLatest() || (wanted && isOverBy(wanted, before ?? null))) return null
    const over = new AbortController()
    const outcome = await askForTokens(context, {
      tokens: null,
      ended: over.signal,
      onAttempt() {
        if (hasEndedSince(before)) over.abort()
      },
    })
    const isOver = hasEndedSince(before)
    if (outcome.kind === 'failed') isUnanswered = isLatest
    if (outcome.kind !== 'renewed') return null
    if (!isOver) return begin(outcome)
    await dismiss(outcome.tokens) // the answer has set the cookie again
    return null
  }

  return {
    async ask(wanted) {
      isUnanswered = () => false
      if (!backend.resumable || !hasPage) return null
      const isLatest = lifecycle.mark()
      const never = new AbortController().signal
      return inTurn(context, shared, never, () => askInTurn(isLatest, wanted)).catch(() => null)
    },
    isUnanswered: () => isUnanswered(),
  }
}
