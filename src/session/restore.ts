import { firstStanding, isOverBy } from '../standing.ts'
import { type SessionRecord, isUntold, readRecord } from '../storage/record.ts'
import { inTime, ringAfter } from '../timing.ts'
import { hasExpired } from '../token/lifetime.ts'
import type { AuthTokens, AuthUser } from '../types.ts'
import { askForTokens } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { FollowTabs } from './follow-tabs.ts'
import { type Home, findTokens, forget, saveInTurn, writeEnd } from './homes.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Refresh } from './refresh.ts'
import { Session, stateOf } from './session.ts'
import { inTurn } from './turns.ts'
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

/** A session that a server has gone on with, and its user where the answer held one. */
interface Resumed {
  session: Session
  user?: AuthUser | undefined
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
  const { backend, homes, leeway, hasPage, refreshTimeout } = context
  const { shared } = homes
  /** The server was asked to resume and gave no answer, and nobody has asked for anything else since. */
  let isUnanswered = () => false
  let finding: Promise<Session | null> = Promise.resolve(null)
  let asking: Promise<unknown> | null = null

  /** The session that is stored for this tab, or for all of them. */
  async function findStored(): Promise<Session | null> {
    const own = await homes.findOwn()
    if (own?.tokens) return fromHome(own, homes.own(own.id))
    shared.record?.look()
    const known = shared.record?.known
    const state = shared.place ? await findShared(known) : known
    return state?.tokens || (known?.isHidden && !backend.resumable) ? fromHome(state!, shared) : null
  }

  /** What a storage of one's own holds; tokens that another tab is just writing are waited for. */
  async function findShared(known: SessionRecord | null | undefined): Promise<SessionRecord | null> {
    const isAwaited = known && !known.ended && !known.isHidden && !shared.isPerTab
    const awaited = isAwaited ? await findTokens(shared, known, context.stop) : null
    return awaited ?? readRecord(await shared.place!.get())
  }

  /** A stored session, unless it is over. */
  function fromHome(state: SessionRecord, home: Home): Session | null {
    home.record?.look()
    const known = home.record?.known ?? null
    if (isOverBy(state.id, known)) {
      forget(home, state.id)
      if (home !== shared) home.close()
      return null
    }
    const session = new Session(state, home)
    if (home !== shared && known && known.generation > state.generation) session.outdate()
    return session
  }

  async function find(): Promise<Session | null> {
    const stored = await findStored()
    if (!stored) return resume()
    const { tokens } = stored
    if (!hasPage || !tokens || !hasExpired(tokens) || tokens.refreshToken) return stored
    // Some buy the next token with the expired one: whether it can be refreshed is the backend's to say.
    const outcome = await refresh.probe(stored)
    if (outcome.kind !== 'refused') return stored
    writeEnd(stored.home, stored, 'expired', true)
    return null
  }

  /** Asks the server for the session behind the cookie, while no other tab does. */
  async function resume(wanted?: string): Promise<Session | null> {
    if (!backend.resumable || !hasPage) return null
    const isLatest = lifecycle.mark()
    const over = new AbortController()
    const resumed = await inTurn(context, shared, over.signal, () => ask(isLatest, wanted)).catch(() => null)
    if (resumed?.user && !backend.user) queueMicrotask(() => lifecycle.meet(resumed.user!, resumed.session))
    return resumed?.session ?? null
  }

  async function ask(isLatest: () => boolean, wanted: string | undefined): Promise<Resumed | null> {
    const { record } = shared
    await record?.catchUp(context.stop)
    const known = record?.known
    if (isUntold(known) || !isLatest() || (wanted && isOverBy(wanted, known ?? null))) return null
    const over = new AbortController()
    const outcome = await askForTokens(context, {
      tokens: null,
      ended: over.signal,
      onAttempt() {
        record?.look()
        if (record?.known?.ended && record.known !== known) over.abort()
      },
    })
    record?.look()
    isUnanswered = outcome.kind === 'failed' ? isLatest : () => false
    if (outcome.kind !== 'renewed') return null
    const latest: SessionRecord | null | undefined = record?.known
    if (latest?.ended && latest !== known) {
      await dismiss(outcome.tokens) // somebody has signed out meanwhile, and the answer has set the cookie again
      return null
    }
    const joined = latest && !latest.ended ? latest : null
    const standing = joined ?? record?.next() ?? firstStanding(Date.now())
    const session = new Session(
      outcome.tokens ? stateOf(standing, outcome.tokens, leeway) : { ...standing, isHidden: true },
      shared,
    )
    if (!joined) await saveInTurn(shared, session.record)
    return { session, user: outcome.user }
  }

  /** Begins what a search has found, unless something else has come first. */
  async function adopt(search: Promise<Session | null>): Promise<Session | null> {
    const isLatest = lifecycle.mark()
    const before = shared.record?.known?.id
    const found = await search
    const isGone = !found || isOverBy(found.id, found.home.record?.known ?? null)
    const { isPending } = lifecycle
    if (isGone && isPending) lifecycle.restore(null)
    if (!isGone && (isPending || (isLatest() && !lifecycle.current.value))) {
      lifecycle.restore(found)
      users.beside()
    }
    // What began elsewhere meanwhile could not be followed yet.
    const known = shared.record?.known
    if (isPending && known && known.id !== before) tabs.onChange(shared, known)
    return found
  }

  function anew(wanted?: string): Promise<unknown> {
    isUnanswered = () => false
    asking = adopt(resume(wanted))
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
      if (isUnanswered()) void anew()
      if (asking) await inTime({ timeout: refreshTimeout }, asking).catch(() => {})
    },
    resume: anew,
  }
}
