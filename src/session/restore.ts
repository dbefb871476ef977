import { isOverBy } from '../standing.ts'
import { inTime, ringAfter } from '../timing.ts'
import { hasExpired } from '../token/lifetime.ts'
import type { AuthTokens } from '../types.ts'
import type { AuthContext } from './context.ts'
import { createFinder } from './find-stored.ts'
import type { FollowTabs } from './follow-tabs.ts'
import { writeEnd } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Refresh } from './refresh.ts'
import { type Found, createResume } from './resume.ts'
import type { Session } from './session.ts'
import type { UserLoader } from './user.ts'

/** What a reload finds. */
export interface Restore {
  /** Resolves with the session that was found at first, `null` where there was none. */
  found(): Promise<Session | null>
  /** Resolves once the server has been asked whatever it is being asked. */
  settled(): Promise<unknown>
  /** Resolves when it is known whether there is a session; asks once more where the server could not be reached. */
  again(): Promise<void>
  /** Asks the server for the session that another tab has begun, and begins it here. */
  resume(id: string): Promise<unknown>
  /** Looks for a session: the beginning of everything. */
  start(): void
}

/** Reads the stored session, or asks a server that keeps it, and begins it unless something else came first. */
export function createRestore(
  context: AuthContext,
  lifecycle: Lifecycle,
  tabs: FollowTabs,
  refresh: Refresh,
  users: UserLoader,
  dismiss: (tokens: AuthTokens | null) => Promise<void>,
): Restore {
  const { backend, hasPage, refreshTimeout } = context
  const { shared } = context.homes
  const findStored = createFinder(context)
  const resume = createResume(context, lifecycle, dismiss)
  let finding: Promise<Session | null> = Promise.resolve(null)
  let asking: Promise<unknown> | null = null

  async function find(): Promise<Found | null> {
    const session = await findStored()
    if (!session) return resume.ask()
    const { tokens } = session
    if (!hasPage || !tokens || !hasExpired(tokens) || tokens.refreshToken) return { session }
    // Some buy the next token with the expired one: whether it can be refreshed is the backend's to say.
    const outcome = await refresh.probe(session)
    if (outcome.kind === 'renewed') return { session, user: outcome.user }
    if (outcome.kind !== 'refused') return { session }
    writeEnd(session.home, session, 'expired', true)
    return null
  }

  /** Begins what a search has found, unless something else has come first. */
  async function adopt(search: Promise<Found | null>): Promise<Session | null> {
    const isLatest = lifecycle.mark()
    const before = shared.record?.known?.id
    const found = await search
    const isGone = !found || isOverBy(found.session.id, found.session.home.record?.known ?? null)
    const { isPending } = lifecycle
    if (isGone && isPending) lifecycle.restore(null)
    if (!isGone && (isPending || (isLatest() && !lifecycle.current.value))) {
      lifecycle.restore(found.session)
      if (found.user && !backend.user) lifecycle.meet(found.user, found.session)
      users.beside()
    }
    // What began elsewhere meanwhile could not be followed yet.
    const known = shared.record?.known
    if (isPending && known && known.id !== before) tabs.onChange(shared, known)
    return found && found.session
  }

  function anew(wanted?: string): Promise<unknown> {
    asking = adopt(resume.ask(wanted))
    return asking
  }

  return {
    start() {
      // What is there already is no news: a session that could not be resumed is not asked for again because of it.
      shared.record?.look()
      finding = adopt(find())
      // Nobody waits longer for it than for any refresh; what comes later is taken.
      const endWait = () => {
        if (lifecycle.isPending) lifecycle.restore(null)
      }
      const timer = hasPage ? ringAfter(refreshTimeout, endWait) : undefined
      const end = () => clearTimeout(timer)
      void finding.then(end)
      context.stop.addEventListener('abort', end)
    },
    found: () => finding,
    settled: () => Promise.all([finding, asking]),
    async again() {
      const isFirst = lifecycle.isPending
      await lifecycle.ready()
      if (isFirst || lifecycle.current.value) return
      if (resume.isUnanswered()) void anew()
      if (asking) await inTime({ timeout: refreshTimeout }, asking).catch(() => {})
    },
    resume: anew,
  }
}
