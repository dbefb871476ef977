import { AuthError } from '../errors.ts'
import type { AuthTokens } from '../types.ts'
import { type Outcome, askForTokens, failedNow } from './ask.ts'
import { safeCause } from './cause.ts'
import type { AuthContext } from './context.ts'
import { Flight } from './flight.ts'
import type { FollowTabs } from './follow-tabs.ts'
import { advance, saveInTurn } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createRun } from './report-throws.ts'
import { type Session, stateOf } from './session.ts'
import { inTurn } from './turns.ts'

/** What a refresh has to do with the rest. */
export interface RefreshEffects {
  /** The session is over: the server does not go on with it. */
  expire(session: Session, cause: unknown): void
  /** Tokens have come for a session that was signed out in another tab meanwhile. */
  signOut(tokens: AuthTokens | null): Promise<void>
}

/** The way to new tokens. */
export interface Refresh {
  /**
   * Resolves once the session has fresh tokens: by the refresh that is pending, or by a new one.
   *
   * @throws AuthError
   */
  now(session: Session): Promise<void>
  /** Starts a refresh that nobody waits for, unless one is pending or one has just failed. */
  beside(session: Session): void
  /** Runs a refresh of a session that is not known to live yet. Resolves with what came of it; never rejects. */
  probe(session: Session): Promise<Outcome>
}

/** What becomes of the outcome of a refresh. */
interface Landing {
  /** It becomes the state of the session; whoever waits is told. */
  land(session: Session, flight: Flight, outcome: Outcome): void
  /** The answer to a refresh is never thrown away: it is stored before another tab may ask. */
  keep(session: Session, flight: Flight, outcome: Outcome): Promise<void>
}

function createLanding(context: AuthContext, lifecycle: Lifecycle, effects: RefreshEffects): Landing {
  const run = createRun(context.report)

  function land(session: Session, flight: Flight, outcome: Outcome): void {
    if (session.flight.value !== flight) return
    run(() => (session.flight.value = null))
    if (session.endedBy) return flight.settle({ error: session.lastWord })
    if (outcome.kind === 'renewed') return flight.settle({})
    context.explain?.(outcome.cause)
    const { accessToken, refreshToken } = session.tokens ?? {}
    const cause = safeCause(outcome.cause, [refreshToken, accessToken])
    if (outcome.kind === 'failed') {
      const error = new AuthError('ERR_AUTH_REFRESH', { cause })
      session.failure = { error, until: outcome.until }
      return flight.settle({ error })
    }
    session.refused = new AuthError('ERR_AUTH_EXPIRED', { cause })
    flight.settle({ error: session.refused })
    if (flight.isAwaited || !session.isServing) effects.expire(session, cause)
  }

  async function keep(session: Session, flight: Flight, outcome: Outcome): Promise<void> {
    if (outcome.kind !== 'renewed') return
    if (session.endedBy && !session.isAbandoned) {
      if (session.isSignedOutElsewhere) await effects.signOut(outcome.tokens)
      return
    }
    const generation = advance(session.home, session.generation)
    run(() => session.renew(stateOf({ id: session.id, generation }, outcome.tokens, context.leeway)))
    const saved = saveInTurn(session.home, session.record)
    land(session, flight, outcome)
    if (outcome.user && !context.backend.user) lifecycle.meet(outcome.user, session)
    await saved
  }

  return { land, keep }
}

/** Makes the one place that starts a refresh. */
export function createRefresh(
  context: AuthContext,
  lifecycle: Lifecycle,
  tabs: FollowTabs,
  effects: RefreshEffects,
): Refresh {
  const run = createRun(context.report)
  const { land, keep } = createLanding(context, lifecycle, effects)

  async function refresh(session: Session, flight: Flight, spent: number): Promise<Outcome> {
    await tabs.catchUp(session)
    if (session.refused) return { kind: 'refused', cause: session.refused.cause }
    // Another tab's tokens are in their place already.
    if (session.generation !== spent) return { kind: 'renewed', tokens: session.tokens }
    const outcome = await askForTokens(context, {
      tokens: session.tokens,
      ended: session.ended,
      onAttempt() {
        flight.attempts()
        void tabs.look()
      },
      onPause: (ms) => flight.attempts(ms),
    })
    void tabs.look() // a tab that slept meanwhile may have missed the end of the session
    // Tokens that have come from another tab meanwhile are newer than whatever was refused.
    if (outcome.kind !== 'renewed' && session.generation !== spent) {
      return { kind: 'renewed', tokens: session.tokens }
    }
    await keep(session, flight, outcome)
    return outcome
  }

  function start(session: Session): Flight {
    const flight = new Flight(context.refreshTimeout)
    const spent = session.generation
    const onEnd = () => flight.settle({ error: session.lastWord })
    session.ended.addEventListener('abort', onEnd)
    // A turn later, so that the slot is taken before the backend can ask for another refresh.
    flight.outcome = Promise.resolve()
      .then(() => inTurn(context, session.home, session.ended, () => refresh(session, flight, spent)))
      .catch(failedNow)
    void flight.outcome.then((outcome) => {
      session.ended.removeEventListener('abort', onEnd)
      land(session, flight, outcome)
    })
    run(() => (session.flight.value = flight))
    return flight
  }

  /** The failure that still answers for a session. */
  const recent = ({ failure }: Session) =>
    failure && performance.now() < failure.until ? failure.error : null

  return {
    async now(session) {
      if (session.endedBy) throw session.lastWord
      if (session.flight.value) return session.flight.value.wait()
      if (session.refused) {
        const error = session.refused
        effects.expire(session, error.cause)
        throw error
      }
      const error = recent(session)
      if (error) throw error
      return start(session).wait()
    },
    beside(session) {
      if (!session.flight.value && !session.refused && !recent(session)) start(session)
    },
    probe: (session) => (session.flight.value ?? start(session)).outcome,
  }
}
