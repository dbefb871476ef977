import { AuthError } from '../errors.ts'
import { readEnd, readRecord } from '../storage/record.ts'
import type { StoredSession } from '../storage/vault.ts'
import type { Message } from '../tabs/news.ts'
import { pause } from '../timing.ts'
import type { AuthTokens, SessionEndReason } from '../types.ts'
import type { Outcome } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session, beganEarlier } from './session.ts'
import { createShield } from './shield.ts'
import type { UserLoader } from './user.ts'

/** The session as all tabs of an identity have it. */
export interface OtherTabs {
  /** Notices what another tab has written, where that can be seen in an instant; else a promise of it after a sleep. */
  glance(): Promise<void> | null
  /** Runs a refresh while no other tab runs one, unless the tokens of another tab make it needless. */
  alone(session: Session | null, refresh: () => Promise<Outcome>): Promise<Outcome>
  /** Stores a session that begins here, and lets the other tabs know. Resolves when it is stored. */
  began(session: Session): Promise<void>
  /** Stores the new tokens of a session, and lets the other tabs know. Resolves when they are stored. */
  renewed(session: Session): Promise<void>
  /** Does what changes a cookie that all tabs live on, one tab after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Lets the other tabs know that the server has ended the session that they all live on. */
  endedByServer(): void
  /** Removes what is stored of a session that ends here, and lets the other tabs know. */
  ended(session: Session, reason: SessionEndReason): void
  /** Takes note of a session that was found in the storage. */
  found(session: Session): Promise<void>
  /** Lets go of the other tabs. */
  dispose(): void
}

/** What happens in other tabs, and concerns more than the session of this one. */
export interface TabEffects {
  /** Another tab has signed in, and the server keeps the session: it has to be asked for tokens. */
  resume(): Promise<unknown>
  /** A refresh has brought tokens of a session that another tab has ended. */
  orphaned(tokens: AuthTokens): void
}

/** Which session, and which of its states. */
type State = Pick<StoredSession, 'id' | 'generation'>

/** Whether a state was written before another one. */
const isOlder = (state: State, other: State) =>
  state.generation < other.generation || (state.generation === other.generation && state.id < other.id)

/** What is known besides the state that a storage shows. */
interface Circumstances {
  /** Whether a session should be there: where it is not, it has been removed. */
  wasKept?: boolean
  /** Whether what is superseded is being mended. */
  isMending?: boolean
}

/** For how long a state that some tab is known to have written may take to show, in ms. */
const LONGEST_DELAY = 1_000

/** Joins the tabs of one identity. Without links every tab is on its own. */
export function createOtherTabs(
  context: AuthContext,
  lifecycle: Lifecycle,
  users: UserLoader,
  { resume, orphaned }: TabEffects,
): OtherTabs {
  const { vault, navigation, stop, refreshTimeout, links } = context
  const { current } = lifecycle
  const shield = createShield(context.report)
  /** Sessions that a copy of this tab has gone on with. */
  const outdated = new WeakSet<Session>()
  /** Sessions that have given way to a later one. */
  const replaced = new Set<string>()
  let looking: Promise<void> | null = null
  /** Nothing is stored, but all tabs live on one cookie. */
  const isKeptByServer = Boolean(context.backend.resumable)
  const news = links?.subscribe({
    onRecord(text) {
      const end = readEnd(text)
      if (end) leave(end.id, end.ended, end.generation)
      else void lifecycle.ready().then(() => notice(text))
    },
    onMessage,
    onWake: wake,
  })

  /** Where the generations of a session count: among all tabs, or among the copies of this one. */
  const scopeOf = (session: Session) => (isKeptByServer || vault.isShared(session) ? '' : session.id)

  async function hold(session: Session): Promise<void> {
    vault.note(session.generation)
    await links?.locks.hold(scopeOf(session), { generation: session.generation, ended: false })
  }

  function tell(session: Session, message: Omit<Message, 'session'>): void {
    if (!vault.hasEvents(session)) news?.tell({ session: session.id, ...message })
  }

  function announceEnd(session: Session, reason: SessionEndReason): State {
    const generation = vault.advance()
    void links?.locks.hold(scopeOf(session), { generation, ended: true })
    tell(session, { generation, ended: reason })
    return { id: session.id, generation }
  }

  /** Another tab has ended a session. */
  function leave(id: string, reason: SessionEndReason, generation: number, mayReturn = true): void {
    vault.note(generation)
    lifecycle.bury(id)
    const session = current.value
    if (session?.id !== id) return
    // A copy of this tab has a storage of its own.
    if (!vault.isShared(session)) void vault.end(session.record, { id, generation, ended: reason })
    // With a cookie there is nothing to hand over, and another session may be in it by then.
    if (reason === 'logout' && !isKeptByServer) void session.flight.value?.outcome.then(orphan)
    lifecycle.end(reason)
    void navigation.afterEnd()
    // A refresh here may have stored its tokens just before the news came.
    if (mayReturn && vault.isShared(session)) void repair()
  }

  function orphan(outcome: Outcome): void {
    if (outcome.kind === 'renewed') orphaned(outcome.tokens)
  }

  /** Takes the state that the storage shows, unless this tab has a newer one. */
  function consider(
    stored: StoredSession | null | undefined,
    { wasKept = true, isMending = false }: Circumstances = {},
  ): void {
    const session = current.value
    if (stored === undefined) return // the storage does not answer, and nothing is known
    if (lifecycle.status.value === 'pending' || (session && !vault.isShared(session))) return
    if (!stored) {
      if (session && wasKept) leave(session.id, 'logout', 0, false)
    } else if (session?.id === stored.id) {
      if (stored.generation <= session.generation) return
      vault.adopt(stored)
      shield(() => session.renew(stored))
      void hold(session)
    } else if (isSuperseded(stored)) {
      if (!isMending) void repair()
    } else {
      const arrived = new Session(stored)
      if (session) replaced.add(session.id)
      vault.adopt(stored)
      lifecycle.begin(arrived)
      void lookLater()
      void hold(arrived)
      users.beside()
      void navigation.afterLogin()
    }
  }

  /** Whether a session has given way to what this tab has. */
  function isSuperseded({ id }: State): boolean {
    if (lifecycle.isOver(id)) return true
    return current.value ? beganEarlier(id, current.value.id) : replaced.has(id)
  }

  /** Takes a record that an event has brought: the storage itself may show it a moment later. */
  function notice(text: string | null): void {
    const record = readRecord(text)
    if (record) consider({ ...record, remember: true })
    else glance()
  }

  function glance(): Promise<void> | null {
    const stored = vault.glance()
    if (stored !== undefined) consider(stored)
    return looking
  }

  /** Looks for what happened while nobody was listening; requests wait for the answer. */
  function wake(): void {
    const mine = look().finally(() => {
      if (looking === mine) looking = null
    })
    looking = mine
  }

  /** Looks at the storage, until it shows what a message has told of. */
  async function look(told?: State): Promise<void> {
    const until = performance.now() + LONGEST_DELAY
    await lifecycle.ready()
    if (stop.aborted) return
    if (isKeptByServer) return keepUp()
    while (!stop.aborted) {
      const session = current.value
      if (session && !vault.isShared(session)) return
      const wasKept = vault.isKept
      const stored = await vault.peek()
      if (session === current.value) consider(stored, { wasKept: wasKept && vault.isKept })
      const isShown = !told || [stored, current.value].some((state) => state && !isOlder(state, told))
      if (isShown || performance.now() > until) return
      await pause(2, stop)
    }
  }

  /** Changes that crossed each other may show in the storage after their news. */
  async function lookLater(): Promise<void> {
    await pause(LONGEST_DELAY, stop)
    await look()
  }

  /** Notices that another tab has changed the cookie that all tabs live on. */
  async function keepUp(): Promise<void> {
    const newest = await links?.locks.newest('')
    const session = current.value
    if (!newest || newest.generation <= (session?.generation ?? vault.generation)) return
    vault.note(newest.generation)
    if (!newest.ended) startAnew()
    else if (session) leave(session.id, 'logout', newest.generation)
  }

  /** One cookie for all tabs: what began in another one has replaced what was here. */
  function startAnew(): void {
    lifecycle.beAnonymous()
    void resume().then(() => current.value && navigation.afterLogin())
  }

  /** A session that is over was written once more, by a tab that had not heard of its end: what came later stays. */
  async function repair(): Promise<void> {
    const mend = async () => {
      const wasKept = vault.isKept
      const stored = await catchUp(stop)
      consider(stored, { wasKept: wasKept && vault.isKept, isMending: true })
      const session = current.value
      if (!stored || stored.id === session?.id || !isSuperseded(stored)) return
      vault.note(stored.generation)
      if (!session) {
        const end = { id: stored.id, generation: vault.advance(), ended: 'logout' } as const
        await vault.end(stored, end)
        if (!vault.hasEvents(stored))
          news?.tell({ session: end.id, generation: end.generation, ended: end.ended })
        return
      }
      shield(() => session.renew({ ...session.record, generation: vault.advance() }))
      await renewed(session)
    }
    // Where the wait for the lock runs out, whoever holds it is the next to hear of it.
    await exclusively(stop, mend).catch(() => {})
  }

  function onMessage({ session: id, generation, ended }: Message): void {
    const session = current.value
    vault.note(generation)
    if (isKeptByServer) {
      if (!ended) startAnew()
      else if (session) leave(session.id, ended, generation)
    } else if (ended) {
      leave(id, ended, generation)
      void look().then(lookLater) // what ended there may have taken the record of what is here along
    } else if (session?.id === id && !vault.isShared(session)) {
      if (generation > session.generation) outdate(session)
    } else {
      const isOther = session !== null && session.id !== id
      void look({ id, generation }).then(isOther ? lookLater : undefined)
    }
  }

  /** By default the wait is longer than a refresh can take, with its three attempts, their waits and the storage. */
  function exclusively<T>(
    ended: AbortSignal,
    work: () => Promise<T>,
    timeout = 5 * refreshTimeout + 15_000,
  ): Promise<T> {
    return links ? links.locks.alone({ timeout, stop: ended }, work) : work()
  }

  /** What the storage shows once it shows the newest that any tab is known to have written. */
  async function catchUp(ended: AbortSignal): Promise<StoredSession | null | undefined> {
    const until = performance.now() + LONGEST_DELAY
    for (;;) {
      const newest = await links?.locks.newest('')
      const stored = await vault.peek()
      const own = current.value && vault.isShared(current.value) ? current.value.generation : 0
      const shown = Math.max(own, stored?.generation ?? 0)
      if (!newest || newest.generation <= shown || (newest.ended && !stored) || ended.aborted) return stored
      if (performance.now() > until) {
        // Removed by hand, or told by a tab that sleeps: what the storage shows is all there is, and goes on above it.
        vault.note(newest.generation)
        return stored
      }
      await pause(2, ended)
    }
  }

  /** Takes over what other tabs have made of a session. */
  async function settle(session: Session): Promise<void> {
    if (!links) return
    if (isKeptByServer) return keepUp()
    if (vault.isShared(session)) {
      const wasKept = vault.isKept
      return consider(await catchUp(session.ended), { wasKept: wasKept && vault.isKept })
    }
    const newest = await links.locks.newest(session.id)
    if (newest && newest.generation > session.generation) outdate(session)
  }

  /** A copy of this tab has used the refresh token up, and keeps the next one to itself. */
  function outdate(session: Session): void {
    outdated.add(session)
    session.refused ??= new AuthError('ERR_AUTH_EXPIRED')
  }

  async function renewed(session: Session): Promise<void> {
    // Written at once, since the page may be gone in the next turn; held before the lock is free, so that whoever
    // has it next can tell when the storage still shows an older state.
    const saved = vault.renew(session.record)
    await hold(session)
    await saved
    // Tokens that only this tab has are no news to the others.
    if (!isKeptByServer) tell(session, { generation: session.generation })
  }

  return {
    glance,
    async alone(session, refresh) {
      const spent = session?.tokens
      const work = async (): Promise<Outcome> => {
        if (session) await settle(session)
        else vault.note((await links?.locks.newest(''))?.generation ?? 0)
        if (session?.refused) return { kind: 'refused', cause: session.refused.cause }
        return session && session.tokens !== spent ? { kind: 'renewed', tokens: session.tokens } : refresh()
      }
      return exclusively(session?.ended ?? stop, work).catch((cause): Outcome => ({
        kind: 'failed',
        cause,
        until: performance.now(),
      }))
    },
    async began(session) {
      const previous = current.value
      if (previous) replaced.add(previous.id)
      const saved = vault.begin(session.record)
      void hold(session)
      // A session that all tabs share gives way as soon as they see the next one; copies of this tab have to be told.
      if (previous && !vault.isShared(previous) && !isKeptByServer) announceEnd(previous, 'logout')
      await saved
      tell(session, { generation: session.generation })
    },
    renewed,
    async inTurn(work) {
      if (!isKeptByServer) return work()
      let isBegun = false
      const begin = () => {
        isBegun = true
        return work()
      }
      return exclusively(stop, begin, refreshTimeout).catch((error) => {
        if (isBegun || stop.aborted) throw error
        return work() // another tab takes too long: what the visitor asks for is not held up any longer
      })
    },
    endedByServer() {
      if (isKeptByServer) news?.tell({ session: '', generation: 0, ended: 'logout' })
    },
    ended(session, reason) {
      // What a copy of this tab goes on with is not over with the copy.
      const { id, generation } = outdated.has(session) ? session : announceEnd(session, reason)
      const removed = vault.end(session.record, { id, generation, ended: reason })
      // A tab that opens while a slow storage still shows the session has missed the first word of it.
      if (!outdated.has(session)) void removed.then(() => tell(session, { generation, ended: reason }))
    },
    found: hold,
    dispose() {
      news?.close()
      links?.locks.release()
    },
  }
}
