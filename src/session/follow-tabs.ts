import { isOverBy } from '../standing.ts'
import type { SessionRecord } from '../storage/record.ts'
import type { SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import { type Home, findTokens, forget, readTokens, writeEnd } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createRun } from './report-throws.ts'
import { Session } from './session.ts'

/** The one place that acts on what another tab did. */
export interface FollowTabs {
  /** Notices what another tab has written; a promise where it takes a moment to have it here as well. */
  look(): Promise<unknown> | null
  /**
   * Takes over what other tabs have made of a session.
   *
   * @throws Error where one of them has newer tokens, and the storage does not show them
   */
  catchUp(session: Session): Promise<void>
  /** Another tab has made a later state of a session known. */
  onChange(home: Home, state: SessionRecord): void
  /** The data of the site were cleared. */
  onCleared(home: Home): void
  /** The visitor has signed out of a session of this tab's own: the one that other tabs share stays theirs. */
  decline(): void
  /** Whether there is a session that this tab has not got yet. */
  readonly isBehind: boolean
}

/** What follows from another tab's doing, and is done elsewhere. */
export interface TabEffects {
  /** Another tab has signed in, and the server keeps the session: it has to be asked. Begins the session. */
  resume(id: string): Promise<unknown>
  /** Loads the user of a session that has just begun. */
  loadUser(): void
}

/** What other tabs have written, and is on its way here. */
interface Arrivals {
  pending: Promise<unknown> | null
  expect(work: Promise<unknown>): void
}

function createArrivals(report: (error: unknown) => void): Arrivals {
  const arrivals: Arrivals = {
    pending: null,
    expect(work) {
      const mine = work.catch(report).then(() => {
        if (arrivals.pending === mine) arrivals.pending = null
      })
      arrivals.pending = mine
    },
  }
  return arrivals
}

/** Makes the way in which a session that another tab has begun begins here. */
function createEntrance(context: AuthContext, lifecycle: Lifecycle, effects: TabEffects, arrivals: Arrivals) {
  const { homes, navigation, stop } = context
  const { shared } = homes
  const { current } = lifecycle

  function begin(state: SessionRecord): void {
    lifecycle.begin(new Session(state, shared))
    effects.loadUser()
    void navigation.followLogin()
  }

  async function resumeOf({ id }: SessionRecord): Promise<void> {
    await effects.resume(id)
    settleIn(id)
  }

  async function beginWithTokens(state: SessionRecord): Promise<void> {
    const found = await findTokens(shared, state, stop)
    const known = shared.record?.known
    if (found && !current.value && known?.id === state.id && !known.ended) begin(found)
    else settleIn(state.id)
  }

  /** The visitor is where the session that has come, or has not, wants them. */
  function settleIn(id: string): void {
    // Not waited for: the guard of the page may wait for the user, whose request waits for what arrives here.
    if (current.value?.id === id) void navigation.followLogin()
    else if (!current.value) void navigation.afterEnd()
  }

  return function enter(state: SessionRecord): void {
    if (state.tokens || state.isHidden) return begin(state)
    if (current.value) lifecycle.end('replaced')
    arrivals.expect(shared.isPerTab ? resumeOf(state) : beginWithTokens(state))
  }
}

/** Makes the way in which a session goes on with what another tab has got for it. */
function createAdoption({ report }: AuthContext, arrivals: Arrivals) {
  const run = createRun(report)

  function takeFound(session: Session, found: SessionRecord | null): void {
    if (found && !session.endedBy && found.generation > session.generation) run(() => session.renew(found))
  }

  async function fetchTokens(session: Session, state: SessionRecord): Promise<void> {
    takeFound(session, await findTokens(session.home, state, session.ended))
  }

  /** A storage of one's own may hold what a tab wrote that is gone. */
  async function takeStored(session: Session): Promise<void> {
    if (isOverBy(session.id, session.home.record?.known ?? null)) return
    takeFound(session, await readTokens(session.home, session.id))
  }

  /**
   * A session of this tab's own went on elsewhere: in another application of this window, which has left its tokens in the
   * storage of the tab, or in a copy of the tab, which keeps them to itself.
   */
  async function takeOwn(session: Session, { generation }: SessionRecord): Promise<void> {
    const found = await readTokens(session.home, session.id)
    if (session.endedBy || generation <= session.generation) return
    if (found && found.generation >= generation) takeFound(session, found)
    else session.outdate()
  }

  return {
    adopt(session: Session, state: SessionRecord): void {
      const { home } = session
      if (session.endedBy || state.generation <= session.generation) return
      if (state.tokens || state.isHidden) return run(() => session.renew(state))
      if (home.isPerTab) return
      if (home.isShared) return arrivals.expect(fetchTokens(session, state))
      arrivals.expect(takeOwn(session, state))
    },
    async catchUp(session: Session): Promise<void> {
      const { home } = session
      const isShown = (await home.record?.catchUp(session.ended)) ?? true
      if (session.endedBy) return // what comes in its place may need the turn that is held here
      if (arrivals.pending) await arrivals.pending
      if (home.record && home.isShared && !home.isPerTab && home.place) await takeStored(session)
      const known = home.record?.known
      const isBehind =
        known && !known.ended && known.id === session.id && known.generation > session.generation
      if (session.refused || (isShown && (!isBehind || home.isPerTab))) return
      throw new Error('Another tab has newer tokens than the storage shows. Is the storage one for all tabs?')
    },
  }
}

/** Follows the other tabs of one identity. */
export function createFollowTabs(
  context: AuthContext,
  lifecycle: Lifecycle,
  effects: TabEffects,
): FollowTabs {
  const { homes, navigation, stop, report } = context
  const { shared } = homes
  const { current } = lifecycle
  const arrivals = createArrivals(report)
  const enter = createEntrance(context, lifecycle, effects, arrivals)
  const { adopt, catchUp } = createAdoption(context, arrivals)
  let declined: string | undefined

  function leave(session: Session, reason: SessionEndReason): void {
    session.isSignedOutElsewhere = reason === 'logout'
    forget(session.home, session.id)
    const cause = reason === 'expired' ? new Error('The session has expired in another tab.') : undefined
    lifecycle.end(reason, cause)
    void navigation.afterEnd()
  }

  function onSharedChange(state: SessionRecord): void {
    const session = current.value
    if (session && session.home !== shared) return
    if (session?.id === state.id) return state.ended ? leave(session, state.ended) : adopt(session, state)
    if (!state.ended && state.id !== declined) return enter(state)
    if (session) leave(session, 'replaced')
  }

  function onOwnChange(home: Home, state: SessionRecord): void {
    const session = current.value
    if (session?.home !== home || session.id !== state.id) return
    if (state.ended) leave(session, state.ended)
    else adopt(session, state)
  }

  return {
    look() {
      shared.record?.look()
      current.value?.home.record?.look()
      return arrivals.pending
    },
    catchUp,
    onChange(home, state) {
      // What is found at the start is for the start to read.
      if (stop.aborted || lifecycle.isPending) return
      if (home.isShared) onSharedChange(state)
      else onOwnChange(home, state)
    },
    onCleared(home) {
      const session = current.value
      if (lifecycle.isPending || session?.home !== home) return
      writeEnd(home, session, 'logout', true)
      leave(session, 'logout')
    },
    get isBehind() {
      const known = shared.record?.known
      return Boolean(known && !known.ended && known.id !== declined && !current.value)
    },
    decline() {
      declined = shared.record?.known?.id
    },
  }
}
