import { AuthError } from '../errors.ts'
import { type Standing, beganEarlier, firstStanding, isBefore, latest } from '../standing.ts'
import { readEnd, readRecord } from '../storage/record.ts'
import type { StoredSession } from '../storage/vault.ts'
import type { Message } from '../tabs/news.ts'
import { pause } from '../timing.ts'
import type { AuthTokens, SessionEndReason } from '../types.ts'
import type { Outcome } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session } from './session.ts'
import { createShield } from './shield.ts'
import type { Turns } from './turns.ts'
import type { UserLoader } from './user.ts'

/** The session as all tabs of an identity have it. */
export interface OtherTabs {
  /** Notices what another tab has written, where that can be seen in an instant; else a promise of it after a sleep. */
  glance(): Promise<unknown> | null
  /** Whether a session that was found in the storage is known to be over. */
  isOver(session: Kept): boolean
  /** Runs a refresh while no other tab runs one, unless the tokens of another tab make it needless. */
  alone(session: Session, refresh: () => Promise<Outcome>): Promise<Outcome>
  /**
   * Asks a server that keeps the session while no other tab does. What it answers belongs to the session that other
   * tabs have joined, or to one that begins with it.
   *
   * @param ask gets a signal that is aborted when the session has ended meanwhile
   * @param wanted the session that it is asked for: nobody is asked where that is over by then
   */
  resumed(
    ask: (over: AbortSignal) => Promise<Outcome>,
    wanted?: Standing,
  ): Promise<{ outcome: Outcome; standing: Standing }>
  /** Names a session that begins here. */
  next(): Standing
  /**
   * Names a session that begins with the cookie that all tabs live on, so that they see at once that it has changed
   * hands; does nothing where there is none.
   */
  changedHands(): Promise<Standing | undefined>
  /** Stores a session that begins here, and lets the other tabs know. Resolves when it is stored. */
  began(session: Session): Promise<void>
  /** Stores the new tokens of a session, and lets the other tabs know. Resolves when they are stored. */
  renewed(session: Session): Promise<void>
  /** Lets the other tabs know that the server has ended the session that they all live on. */
  endedByServer(): Promise<void>
  /** Removes what is stored of a session that ends here, and lets the other tabs know. */
  ended(session: Session, reason: SessionEndReason): void
  /** Lets the other tabs know of the end of a session that was only found in the storage. */
  endedUnseen(session: StoredSession): void
  /** Takes note of what was found in the storage, and makes sure that it is the newest. */
  found(session: Session | null): void
  /** Lets go of the other tabs. */
  dispose(): void
}

/** What happens in other tabs, and concerns more than the session of this one. */
export interface TabEffects {
  /** Another tab has signed in, and the server keeps the session: it has to be asked for tokens. */
  resume(standing: Standing): Promise<unknown>
  /** A refresh has brought tokens of a session that another tab has ended. */
  orphaned(tokens: AuthTokens): Promise<void>
}

/** Which session, and whether it outlives its tab. */
type Kept = Pick<StoredSession, 'id' | 'remember'>

/** For how long a state that some tab is known to have written may take to show, in ms. */
const LONGEST_DELAY = 1_000

/** The scope of a session that all tabs share; the copies of a tab with a session of its own have the session's id. */
const ALL = ''

/** Joins the tabs of one identity. Without links every tab is on its own. */
export function createOtherTabs(
  context: AuthContext,
  lifecycle: Lifecycle,
  turns: Turns,
  users: UserLoader,
  { resume, orphaned }: TabEffects,
): OtherTabs {
  const { vault, navigation, stop, links } = context
  const { current } = lifecycle
  const shield = createShield(context.report)
  /** Nothing is stored, but all tabs live on one cookie. */
  const isKeptByServer = Boolean(context.backend.resumable)
  /** The latest standing of a shared session that this tab knows of: whatever came before is over. */
  let last: Standing | null = null
  /** How many ends were heard of. */
  let ends = 0
  let resuming: AbortController | null = null
  /** The session behind the cookie that the server was asked for: what it says once is enough. */
  let asked = ''
  /** Sessions that a copy of this tab has gone on with. */
  const outdated = new WeakSet<Session>()
  let looking: Promise<unknown> | null = null
  let isLookingLater = false
  let isMending = false
  const news = links?.subscribe({
    onRecord(text) {
      const end = readEnd(text)
      if (end) heed(end)
      else void lifecycle.ready().then(() => notice(text))
    },
    onMessage,
    onWake() {
      const mine = look().finally(() => {
        if (looking === mine) looking = null
      })
      looking = mine
    },
  })

  const isShared = (session: Kept) => isKeptByServer || vault.isShared(session)
  const scopeOf = (session: Kept) => (isShared(session) ? ALL : session.id)

  /** Whether a session is over, or has given way to a later one. */
  const isOver = ({ id }: Pick<Standing, 'id'>) =>
    last !== null && (id === last.id ? last.ended !== undefined : beganEarlier(id, last.id))

  /** The session that this tab shares with all others. */
  const shared = () => (current.value && isShared(current.value) ? current.value : null)

  async function hold(scope: string, standing: Standing): Promise<void> {
    note(standing, scope)
    await links?.locks.hold(scope, standing)
  }

  function note(standing: Standing, scope: string): void {
    vault.note(standing.generation)
    if (scope === ALL) last = latest([last, standing])
  }

  const newest = async (scope: string) => (await links?.locks.newest(scope)) ?? null

  /** Tells other tabs what no storage tells them. */
  function tell(scope: string, standing: Standing): void {
    if (scope !== ALL || isKeptByServer || !vault.hasEvents) news?.tell({ scope, ...standing })
  }

  /** Takes note that a session is over, and lets the other tabs know. */
  function announceEnd(session: Kept, ended: SessionEndReason): Standing & { ended: SessionEndReason } {
    const end = { id: session.id, generation: vault.advance(), ended }
    void hold(scopeOf(session), end)
    tell(scopeOf(session), end)
    return end
  }

  /** Another tab has ended the session that is here. */
  function leave(session: Session, reason: SessionEndReason): void {
    // With a cookie, whoever has the turn sees to it.
    if (reason === 'logout' && !isKeptByServer) void session.flight.value?.outcome.then(orphan)
    lifecycle.end(reason)
    void navigation.afterEnd()
  }

  function orphan(outcome: Outcome): void {
    if (outcome.kind === 'renewed') void orphaned(outcome.tokens)
  }

  /** Takes note of what another tab has told, even before the storage shows it. */
  function heed(told: Standing): void {
    const session = shared()
    if (told.ended && !isOver(told)) {
      ends++
      resuming?.abort()
    }
    note(told, ALL)
    if (!session || !isOver(session)) return
    if (!told.ended) return lifecycle.beAnonymous() // it has given way, even if its successor does not show yet
    leave(session, told.ended)
    void hold(ALL, told)
    // A refresh here may have stored its tokens just before the news came.
    void mend()
  }

  /** Takes note of what other tabs hold now. */
  async function listen(): Promise<Standing | null> {
    const known = await newest(ALL)
    if (known) heed(known)
    return known
  }

  /** Takes the standing that the storage shows, unless this tab knows a newer one. */
  function consider(seen: StoredSession | Standing | null | undefined, wasKept: boolean): void {
    const session = current.value
    if (seen === undefined || lifecycle.status.value === 'pending' || session !== shared()) return
    if (!seen) {
      // Where it should be and is not, somebody has removed it.
      if (session && wasKept) heed({ ...session.standing, ended: 'logout' })
    } else if (session?.id === seen.id) {
      if ('tokens' in seen && isBefore(session.standing, seen)) adopt(session, seen)
    } else if (isOver(seen)) {
      void mend()
    } else if ('tokens' in seen) {
      enter(seen)
    } else if (asked !== seen.id) {
      asked = seen.id
      void resume(seen).then(() => current.value && navigation.afterLogin())
    }
  }

  /** Goes on with the tokens that another tab has got for the same session. */
  function adopt(session: Session, stored: StoredSession): void {
    vault.adopt(stored)
    shield(() => session.renew(stored))
    void hold(ALL, session.standing)
  }

  /** Another tab has signed in. */
  function enter(stored: StoredSession): void {
    const session = new Session(stored)
    vault.adopt(stored)
    lifecycle.begin(session)
    void hold(ALL, session.standing)
    users.beside()
    void navigation.afterLogin()
    void lookLater()
  }

  /** Takes a record that an event has brought: the storage itself may show it a moment later. */
  function notice(text: string | null): void {
    const record = readRecord(text)
    if (record) consider({ ...record, remember: true }, true)
    else glance()
  }

  function glance(): Promise<unknown> | null {
    consider(vault.glance(), true)
    return looking
  }

  /**
   * Looks at what all tabs share until it shows the newest that is known of it, though not for ever. Resolves with
   * what is known.
   */
  async function look(told?: Standing, over = stop): Promise<Standing | null> {
    const until = performance.now() + LONGEST_DELAY
    await lifecycle.ready()
    for (let wait = 2; ; wait *= 1.5) {
      const known = latest([told, await listen()])
      const session = current.value
      const wasKept = vault.isKept
      const seen = isKeptByServer ? (known?.ended ? null : known) : await vault.peek()
      if (session === current.value) consider(seen, wasKept && vault.isKept)
      if (isShown(known, seen) || over.aborted || performance.now() > until) return known
      await pause(wait, over)
    }
  }

  /** Whether this tab has, or sees, a standing that it knows of. */
  function isShown(known: Standing | null, seen: Standing | null | undefined): boolean {
    const session = current.value
    if (!known || session !== shared() || (session && !isBefore(session.standing, known))) return true
    return known.ended ? !seen || !isOver(seen) : Boolean(seen && !isBefore(seen, known))
  }

  /** Changes that crossed each other may show in a slow storage after their news. */
  async function lookLater(): Promise<void> {
    if (isLookingLater) return
    isLookingLater = true
    await pause(LONGEST_DELAY, stop)
    isLookingLater = false
    await look()
  }

  /** What is superseded was written once more, by a tab that had not heard of it: what came later stays. */
  async function mend(): Promise<void> {
    if (isMending || isKeptByServer || !links) return
    isMending = true
    const work = async () => {
      const stored = await vault.peek()
      const known = await listen()
      isMending = false
      if (!stored || !last || !isOver(stored)) return
      vault.note(stored.generation)
      const session = shared()
      if (known && !known.ended && !isOver(known) && (!session || isBefore(session.standing, known))) {
        return tell(ALL, known) // whoever has what came later puts it back
      }
      if (session) {
        shield(() => session.renew({ ...session.record, generation: vault.advance() }))
        return renewed(session)
      }
      const end = { id: last.id, generation: vault.advance(), ended: 'logout' } as const
      await vault.end(stored, end)
      tell(ALL, end)
    }
    // Where the wait for the lock runs out, whoever holds it is the next to hear of it.
    await turns.exclusively(stop, work).catch(() => (isMending = false))
  }

  function onMessage({ scope, ...told }: Message): void {
    const session = current.value
    if (scope === ALL) {
      heed(told)
      if (session?.endedBy && told.ended === 'logout') void seeOff(session, told)
      void look(told).then(lookLater)
    } else if (session && scope === scopeOf(session)) {
      vault.note(told.generation)
      if (!told.ended) return outdate(session, told)
      // A copy of this tab has a storage of its own.
      void vault.end(session.record, { id: session.id, generation: told.generation, ended: told.ended })
      leave(session, told.ended)
    }
  }

  /** Makes sure that the server hears of a logout, even where the tab that was to say so is gone. */
  async function seeOff(session: Session, end: Standing): Promise<void> {
    if (!isKeptByServer) return
    const work = async () => {
      const known = await newest(ALL)
      if (known && isBefore(end, known)) return // it has been told, or somebody has signed in since
      await orphaned(session.tokens)
      await hold(ALL, { ...end, generation: vault.advance() })
    }
    await turns.exclusively(stop, work).catch(() => {})
  }

  /**
   * Takes over what other tabs have made of a session.
   *
   * @throws Error where one of them has newer tokens, and the storage does not show them
   */
  async function settle(session: Session): Promise<void> {
    if (!links) return
    if (!isShared(session)) return outdate(session, await newest(session.id))
    const known = await look(undefined, session.ended)
    if (known && !known.ended && !session.endedBy && isBefore(session.standing, known)) {
      throw new Error('Another tab has newer tokens than the storage shows. Is the storage one for all tabs?')
    }
  }

  /** A copy of this tab may have used the refresh token up, and keeps the next one to itself. */
  function outdate(session: Session, other: Standing | null): void {
    if (!other || !isBefore(session.standing, other)) return
    outdated.add(session)
    session.refused ??= new AuthError('ERR_AUTH_EXPIRED')
  }

  async function renewed(session: Session): Promise<void> {
    if (isKeptByServer) return // tokens that only this tab has are no news to the others
    // Written at once, since the page may be gone in the next turn; held before the lock is free, so that whoever
    // has it next can tell when the storage still shows an older state.
    const saved = vault.renew(session.record)
    await hold(scopeOf(session), session.standing)
    await written(session, saved)
    await vault.settled() // even where the application is gone, the lock is not free before that
  }

  /** Follows a write to its end. It may land on top of what came later. */
  async function written(session: Session, saved: Promise<void>): Promise<void> {
    const { standing } = session
    await saved
    if (!session.endedBy) tell(scopeOf(session), standing)
    else if (isShared(session)) void mend()
  }

  /** Runs what changes the session; the cookie that it brings after the end of the session must not stay. */
  async function unlessEnded(refresh: () => Promise<Outcome>): Promise<Outcome> {
    const before = ends
    const outcome = await refresh()
    if (!isKeptByServer || ends === before || outcome.kind !== 'renewed') return outcome
    await orphaned(outcome.tokens)
    return { kind: 'refused' }
  }

  const next = () => firstStanding(vault.advance())

  const failed = (cause: unknown): Outcome => ({ kind: 'failed', cause, until: performance.now() })

  return {
    glance,
    isOver: (session) => isShared(session) && isOver(session),
    alone(session, refresh) {
      const spent = session.tokens
      const work = async (): Promise<Outcome> => {
        await settle(session)
        if (session.refused) return { kind: 'refused', cause: session.refused.cause }
        return session.tokens === spent ? unlessEnded(refresh) : { kind: 'renewed', tokens: session.tokens }
      }
      return turns.exclusively(session.ended, work).catch(failed)
    },
    async resumed(ask, wanted) {
      await listen()
      const before = ends
      let standing: Standing = { id: '', generation: 0 }
      const work = async (): Promise<Outcome> => {
        await listen()
        if (ends !== before || (wanted && isOver(wanted))) return { kind: 'refused' }
        const { signal } = (resuming = new AbortController())
        const outcome = await unlessEnded(() => ask(signal))
        resuming = null
        if (signal.aborted) return { kind: 'refused' }
        const joined = await newest(ALL)
        vault.note(joined?.generation ?? 0)
        asked = joined?.id ?? ''
        if (outcome.kind !== 'renewed') return outcome
        const isAlive = joined && !joined.ended && !isOver(joined)
        standing = isAlive ? joined : next()
        await hold(ALL, standing)
        return outcome
      }
      const outcome = await turns.exclusively(stop, work).catch(failed)
      return { outcome, standing }
    },
    next,
    async changedHands() {
      if (!isKeptByServer) return undefined
      const standing = next()
      asked = standing.id
      await hold(ALL, standing)
      return standing
    },
    async began(session) {
      const previous = current.value
      const saved = vault.begin(session.record)
      const held = hold(scopeOf(session), session.standing)
      // A session that all tabs share gives way as soon as they see the next one; every other one has to be told of.
      if (previous && scopeOf(previous) !== scopeOf(session)) announceEnd(previous, 'logout')
      await held
      await written(session, saved)
    },
    renewed,
    async endedByServer() {
      const known = isKeptByServer && latest([last, await newest(ALL)])
      if (!known) return
      const end = { id: known.id, generation: vault.advance(), ended: 'logout' } as const
      await hold(ALL, end)
      tell(ALL, end)
    },
    ended(session, reason) {
      // What a copy of this tab goes on with is not over because this one cannot.
      const isAlone = reason === 'expired' && outdated.has(session)
      const { id, generation } = isAlone ? session.standing : announceEnd(session, reason)
      const end = { id, generation, ended: reason }
      const removed = vault.end(session.record, end)
      // A tab that opens while a slow storage still shows the session has missed the first word of it.
      if (!isAlone) void removed.then(() => tell(scopeOf(session), end))
    },
    endedUnseen(session) {
      announceEnd(session, 'logout')
    },
    found(session) {
      if (session) void hold(scopeOf(session), session.standing)
      if (links) void look()
    },
    dispose() {
      news?.close()
      resuming?.abort()
      // Until then the storage shows less than this tab has written.
      void vault.settled().then(() => links?.locks.release())
    },
  }
}
