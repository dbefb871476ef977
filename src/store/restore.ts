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
}

/** Reads the stored session, or asks a server that keeps it, and begins it unless something else came first. */
export function createRestore(context: AuthContext, lifecycle: Lifecycle, users: UserLoader): Restore {
  const { backend, vault, leeway, stop } = context

  async function find(): Promise<StoredSession | null> {
    const stored = await vault.read()
    if (stored && !isSpent(stored)) return stored
    if (stored) void vault.save(null)
    if (!backend.resumable) return null
    const outcome = await askForTokens(context, null, stop)
    return outcome.kind === 'renewed' ? Session.start(outcome.tokens, true, leeway).record : null
  }

  /** Whether nothing can be done with a stored session any more. */
  const isSpent = ({ tokens }: StoredSession) => hasExpired(tokens) && !tokens.refreshToken && !backend.resumable

  const finding = find()
  void finding.then((stored) => {
    if (lifecycle.status.value !== 'pending') return
    if (!stored) return lifecycle.beAnonymous()
    lifecycle.begin(new Session(stored))
    users.beside()
  })
  return { found: () => finding }
}
