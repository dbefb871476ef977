import { AuthError } from '../errors.ts'
import type { AuthTokens } from '../types.ts'
import { type Asking, type Outcome, askForTokens } from './ask.ts'
import { safeCause } from './cause.ts'
import type { OtherTabs } from './other-tabs.ts'
import type { Flight, Session } from './session.ts'
import { createShield } from './shield.ts'

/** What a refresh does to its session. */
export interface RefreshEffects {
  renew(session: Session, tokens: AuthTokens): void
  expire(session: Session, cause: unknown): void
  /** Tells the application of an error that has no caller. */
  report(error: unknown): void
}

/** The way to new tokens. */
export interface Refresh {
  /**
   * Resolves with fresh tokens: of the refresh that is pending, or of a new one.
   *
   * @throws AuthError
   */
  now(session: Session): Promise<AuthTokens>
  /** Starts a refresh that nobody waits for, unless one is pending or one has just failed. */
  beside(session: Session): void
}

/** Makes the one place that starts a refresh. */
export function createRefresh(asking: Asking, tabs: OtherTabs, effects: RefreshEffects): Refresh {
  const shield = createShield(effects.report)
  const watchful: Asking = { ...asking, onAttempt: tabs.glance }

  function start(session: Session, awaited: boolean): Flight {
    const spent = session.tokens
    const { promise, resolve, reject } = deferred<AuthTokens>()
    // Whoever waits hears of a failure; where nobody does, the session remembers it.
    promise.catch(() => {})
    const onEnd = () => reject(session.lastWord)
    session.ended.addEventListener('abort', onEnd)

    function land(outcome: Outcome): void {
      if (session.flight.value !== flight) return
      session.ended.removeEventListener('abort', onEnd)
      shield(() => (session.flight.value = null))
      if (session.endedBy) return
      if (outcome.kind === 'renewed') {
        // Another tab's tokens are in their place already.
        if (session.tokens === spent) shield(() => effects.renew(session, outcome.tokens))
        return resolve(session.tokens)
      }
      const cause = safeCause(outcome.cause, [spent.refreshToken, spent.accessToken])
      if (outcome.kind === 'failed') {
        session.failure = { error: new AuthError('ERR_AUTH_REFRESH', { cause }), until: outcome.until }
        return reject(session.failure.error)
      }
      session.refused = new AuthError('ERR_AUTH_EXPIRED', { cause })
      reject(session.refused)
      if (flight.awaited || !session.isServing) effects.expire(session, cause)
    }

    async function refresh(): Promise<Outcome> {
      const outcome = await askForTokens(watchful, session.tokens, session.ended)
      tabs.glance() // a tab that slept meanwhile may have missed the end of the session
      land(outcome)
      if (outcome.kind === 'renewed' && !session.endedBy) await tabs.renewed(session)
      return outcome
    }

    // A turn later, so that the slot is taken before the backend can ask for another refresh.
    const outcome = Promise.resolve().then(() => tabs.alone(session, refresh))
    void outcome.then(land)
    const flight: Flight = { tokens: promise, outcome, awaited }
    shield(() => (session.flight.value = flight))
    return flight
  }

  /** The failure that still answers for a session. */
  const recent = ({ failure }: Session) =>
    failure && performance.now() < failure.until ? failure.error : null

  return {
    async now(session) {
      if (session.endedBy) throw session.lastWord
      if (session.flight.value) {
        session.flight.value.awaited = true
        return session.flight.value.tokens
      }
      if (session.refused) {
        const error = session.refused
        effects.expire(session, error.cause)
        throw error
      }
      const error = recent(session)
      if (error) throw error
      return start(session, true).tokens
    },
    beside(session) {
      if (!session.flight.value && !session.refused && !recent(session)) start(session, false)
    },
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle))
  return { promise, resolve, reject }
}
