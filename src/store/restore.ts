import type { StoredSession } from '../storage/vault.ts'
import { hasExpired } from '../token/lifetime.ts'
import { askForTokens } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session } from './session.ts'
import type { UserLoader } from './user.ts'

/** What a reload finds. */
export interface Restore {
  /** Resolves with the session that was found, `null` where there was none. */
  found(): Promise<StoredSession | null>
  /** Resolves when it is known whether there is a session; asks once more where the server could not be reached. */
  again(): Promise<void>
}

/** Reads the stored session, or asks a server that keeps it, and begins it unless something else came first. */
export function createRestore(context: AuthContext, lifecycle: Lifecycle, users: UserLoader): Restore {
  const { backend, vault, leeway, stop } = context
  /** The server was asked to resume, and gave no answer. */
  let unanswered = false
  let finding = adopt(find())

  async function find(): Promise<StoredSession | null> {
    const stored = await vault.read()
    if (stored && !isSpent(stored)) return stored
    if (stored) void vault.save(null)
    return resume()
  }

  /** Whether nothing can be done with a stored session any more. */
  function isSpent({ tokens }: StoredSession): boolean {
    return hasExpired(tokens) && !tokens.refreshToken && !backend.resumable
  }

  async function resume(): Promise<StoredSession | null> {
    if (!backend.resumable) return null
    const outcome = await askForTokens(context, null, stop)
    unanswered = outcome.kind === 'failed'
    return outcome.kind === 'renewed' ? Session.start(outcome.tokens, true, leeway).record : null
  }

  async function adopt(search: Promise<StoredSession | null>): Promise<StoredSession | null> {
    const isLatest = lifecycle.mark()
    const stored = await search
    const isPending = lifecycle.status.value === 'pending'
    if (isPending && !stored) lifecycle.beAnonymous()
    if (stored && (isPending || (isLatest() && !lifecycle.current.value))) {
      lifecycle.begin(new Session(stored))
      users.beside()
    }
    return stored
  }

  return {
    found: () => finding,
    async again() {
      if (unanswered && !lifecycle.current.value) {
        unanswered = false
        finding = adopt(resume())
      }
      await finding
    },
  }
}
