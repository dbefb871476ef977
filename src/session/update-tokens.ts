import { AuthError } from '../errors.ts'
import { tokensFromReply } from '../token/reply.ts'
import type { TokenReply } from '../types.ts'
import type { AuthContext } from './context.ts'
import type { FollowTabs } from './follow-tabs.ts'
import { advance, save, saveInTurn } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createRun } from './report-throws.ts'
import { type Session, stateOf } from './session.ts'
import { inTurn } from './turns.ts'

/** The ways a session gets tokens that no refresh has brought. */
export interface UpdateTokens {
  updateTokens(reply: TokenReply): Promise<void>
  /** Puts tokens that an answer has brought in the place of those it was an answer to. */
  takeTokens(session: Session, reply: TokenReply): void
}

/** Makes the action that puts other tokens in the place of a session's own. */
export function createUpdateTokens(
  context: AuthContext,
  lifecycle: Lifecycle,
  tabs: FollowTabs,
): UpdateTokens {
  const run = createRun(context.report)

  function renew(session: Session, reply: TokenReply, store: typeof save): Promise<void> {
    const { id, home, isOutdated } = session
    // The refresh token of a session that a copy of this tab has gone on with is spent.
    const previous = session.tokens && { ...session.tokens, ...(isOutdated && { refreshToken: undefined }) }
    const tokens = tokensFromReply(reply, {
      previous: previous ?? undefined,
      handed: true,
      from: 'updateTokens',
    })
    const generation = advance(home, session.generation)
    run(() => session.renew(stateOf({ id, generation }, tokens, context.leeway)))
    if (!isOutdated) return store(home, session.record)
    session.outdate()
    return Promise.resolve()
  }

  return {
    async updateTokens(reply) {
      if (lifecycle.isPending) await lifecycle.ready()
      const session = lifecycle.current.value
      if (!session) throw new AuthError('ERR_AUTH_EXPIRED')
      const update = async () => {
        await session.flight.value?.outcome // where there are no locks, nothing else lets it come first
        await inTurn(context, session.home, session.ended, async () => {
          await tabs.catchUp(session)
          if (session.endedBy) throw session.lastWord
          await renew(session, reply, saveInTurn)
        })
      }
      await session.whileAlive(update())
    },
    takeTokens(session, reply) {
      if (!session.endedBy && !session.flight.value) void renew(session, reply, save)
    },
  }
}
