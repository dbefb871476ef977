import { AuthError } from '../errors.ts'
import type { AuthTokens } from '../types.ts'
import { type Asking, type Outcome, askForTokens } from './ask.ts'
import { safeCause } from './cause.ts'
import type { Flight, Session } from './session.ts'

/** What a refresh does to the world around its session. */
export interface RefreshEffects {
  renewed(session: Session, tokens: AuthTokens): void
  expired(session: Session): void
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
export function createRefresh(asking: Asking, effects: RefreshEffects): Refresh {
  function start(session: Session, awaited: boolean): Flight {
    // A turn later, so that the slot is taken before the backend can ask for another refresh.
    const outcome = Promise.resolve().then(() => askForTokens(asking, session.tokens, session.ended))
    const tokens = new Promise<AuthTokens>((resolve, reject) => {
      const onEnd = () => reject(new AuthError(session.endedBy ?? 'ERR_AUTH_SESSION_CHANGED'))
      session.ended.addEventListener('abort', onEnd)
      void outcome.then((result) => {
        session.ended.removeEventListener('abort', onEnd)
        session.flight.value = null
        if (!session.endedBy) conclude(session, result, flight.awaited, resolve, reject)
      })
    })
    // Whoever waits hears of a failure; where nobody does, the session remembers it.
    tokens.catch(() => {})
    const flight: Flight = { tokens, outcome, awaited }
    session.flight.value = flight
    return flight
  }

  function conclude(
    session: Session,
    outcome: Outcome,
    awaited: boolean,
    resolve: (tokens: AuthTokens) => void,
    reject: (error: AuthError) => void,
  ): void {
    if (outcome.kind === 'renewed') {
      effects.renewed(session, outcome.tokens)
      return resolve(outcome.tokens)
    }
    const cause = safeCause(outcome.cause, session.tokens.refreshToken)
    if (outcome.kind === 'failed') {
      const error = new AuthError('ERR_AUTH_REFRESH', { cause })
      session.failure = { error, until: outcome.until }
      return reject(error)
    }
    session.refused = new AuthError('ERR_AUTH_EXPIRED', { cause })
    reject(session.refused)
    if (awaited || !session.isServing) effects.expired(session)
  }

  /** The failure that still answers for this session. */
  const recent = ({ failure }: Session) =>
    failure && performance.now() < failure.until ? failure.error : null

  return {
    async now(session) {
      if (session.endedBy) throw new AuthError(session.endedBy)
      if (session.flight.value) {
        session.flight.value.awaited = true
        return session.flight.value.tokens
      }
      if (session.refused) {
        effects.expired(session)
        throw session.refused
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
