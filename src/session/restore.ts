import type { Standing } from '../standing.ts'
import type { StoredSession } from '../storage/vault.ts'
import { hasExpired } from '../token/lifetime.ts'
import { askForTokens } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { OtherTabs } from './other-tabs.ts'
import { Session } from './session.ts'
import type { UserLoader } from './user.ts'

/** What a reload finds. */
export interface Restore {
  /** Resolves with the session that was found at first, `null` where there was none. */
  found(): Promise<StoredSession | null>
  /** Resolves once the server has been asked whatever it is being asked. */
  settled(): Promise<unknown>
  /** Resolves when it is known whether there is a session; asks once more where the server could not be reached. */
  again(): Promise<void>
  /** Asks the server once more, whatever it said before: for a session that another tab has begun, or for any. */
  anew(wanted?: Standing): Promise<unknown>
}

/** Reads the stored session, or asks a server that keeps it, and begins it unless something else came first. */
export function createRestore(
  context: AuthContext,
  lifecycle: Lifecycle,
  tabs: OtherTabs,
  users: UserLoader,
): Restore {
  const { backend, vault, leeway } = context
  /** The server was asked to resume and gave no answer, and nobody has asked for anything else since. */
  let isUnanswered = () => false
  const finding = adopt(find())
  let asking: Promise<unknown> | null = null

  async function find(): Promise<StoredSession | null> {
    const stored = await vault.read()
    if (stored && !isSpent(stored)) return stored
    if (stored && lifecycle.isPending) void vault.clear()
    return resume()
  }

  /** Whether nothing can be done with a stored session any more. */
  function isSpent({ tokens }: StoredSession): boolean {
    return hasExpired(tokens) && !tokens.refreshToken && !backend.resumable
  }

  async function resume(wanted?: Standing): Promise<StoredSession | null> {
    if (!tabs.cookie) return null
    const isLatest = lifecycle.mark()
    const { outcome, standing } = await tabs.cookie.resumed(
      (over) => askForTokens(context, null, over),
      wanted,
    )
    isUnanswered = outcome.kind === 'failed' ? isLatest : () => false
    if (outcome.kind !== 'renewed') return null
    return Session.start(outcome.tokens, { remember: true, leeway, ...standing }).record
  }

  async function adopt(search: Promise<StoredSession | null>): Promise<StoredSession | null> {
    const isLatest = lifecycle.mark()
    const found = await search
    const stored = found && !tabs.isOver(found) ? found : null
    const { isPending } = lifecycle
    if (isPending && !stored) lifecycle.restore(null)
    if (stored && (isPending || (isLatest() && !lifecycle.current.value))) {
      lifecycle.restore(new Session(stored))
      users.beside()
    }
    tabs.found(lifecycle.current.value)
    return found
  }

  function anew(wanted?: Standing): Promise<unknown> {
    isUnanswered = () => false
    asking = adopt(resume(wanted))
    return asking
  }

  return {
    found: () => finding,
    settled: () => Promise.all([finding, asking]),
    async again() {
      const isFirst = lifecycle.isPending
      await lifecycle.ready()
      if (isFirst || lifecycle.current.value) return
      if (isUnanswered()) void anew()
      await asking
    },
    anew,
  }
}
