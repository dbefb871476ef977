import { AuthError } from '../errors.ts'
import { type Standing, isBefore, latest } from '../standing.ts'
import { readEnd, readRecord } from '../storage/record.ts'
import type { StoredSession } from '../storage/vault.ts'
import type { Message } from '../tabs/news.ts'
import { pause } from '../timing.ts'
import type { AuthTokens, SessionEndReason } from '../types.ts'
import { type Outcome, failedNow } from './ask.ts'
import type { AuthContext } from './context.ts'
import type { Lifecycle } from './lifecycle.ts'
import { Session } from './session.ts'
import { type SharedCookie, shareCookie } from './shared-cookie.ts'
import { createShield } from './shield.ts'
import { ALL, type Kept, createStandings } from './standings.ts'
import type { Turns } from './turns.ts'
import type { UserLoader } from './user.ts'

/** The session as all tabs of an identity have it. */
export interface OtherTabs {
  /** The cookie that all tabs live on; none: their tokens are stored. */
  readonly cookie: SharedCookie | null
  /** Notices what another tab has written, where that can be seen in an instant; else a promise of it after a sleep. */
  glance(): Promise<unknown> | null
  /** Whether a session that was found in the storage is known to be over. */
  isOver(session: Kept): boolean
  /** Runs a refresh while no other tab runs one, unless the tokens of another tab make it needless. */
  alone(session: Session, refresh: () => Promise<Outcome>): Promise<Outcome>
  /** Names a session that begins here. */
  next(): Standing
  /** Stores a session that begins here, and lets the other tabs know. Resolves when it is stored. */
  began(session: Session): Promise<void>
  /** Stores the new tokens of a session, and lets the other tabs know. Resolves when they are stored. */
  renewed(session: Session): Promise<void>
  /** Removes what is stored of a session that ends here, and lets the other tabs know. */
  ended(session: Session, reason: SessionEndReason): void
  /** Lets the other tabs know of the end of whatever there is, before it is known here. */
  endedUnseen(): void
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

/** What is known besides what a storage shows. */
interface Circumstances {
  /** Whether a session should be there: where it is not, it has been removed. */
  wasKept?: boolean
  /** Whether all that was on its way has come to its end. */
  isLate?: boolean
}

/** For how long a state that some tab is known to have written may take to show, in ms. */
const LONGEST_DELAY = 1_000

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
  const standings = createStandings(vault, links)
  const { hold, isOver, newest } = standings
  /** Sessions that a copy of this tab has gone on with. */
  const outdated = new WeakSet<Session>()
  /** The session of all other tabs at the time when somebody signed out of one that this tab had to itself. */
  let passedBy: string | undefined
  let looking: Promise<unknown> | null = null
  /** Tokens of the session that another tab has begun are being asked for. */
  let joining: Promise<void> | null = null
  let later = 0
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

  /** Nothing is stored, but all tabs live on one cookie. */
  const cookie = context.backend.resumable
    ? shareCookie({ standings, turns, stop, listen, tell, dismiss: orphaned })
    : null

  const isShared = (session: Kept) => cookie !== null || vault.isShared(session)
  const scopeOf = (session: Kept) => (isShared(session) ? ALL : session.id)

  /** The session that this tab shares with all others. */
  const shared = () => (current.value && isShared(current.value) ? current.value : null)

  /** Tells other tabs what no storage tells them. */
  function tell(scope: string, standing: Standing): void {
    if (scope !== ALL || cookie || !vault.hasEvents) news?.tell({ scope, ...standing })
  }

  /** Takes note that a session is over, and lets the other tabs know. */
  function announceEnd(session: Kept, ended: SessionEndReason): Standing & { ended: SessionEndReason } {
    // With a cookie it is the end of whatever was behind it until now, under any name.
    const { id, generation } = cookie ? standings.next() : { id: session.id, generation: vault.advance() }
    return announce(scopeOf(session), { id, generation, ended })
  }

  function announce<End extends Standing>(scope: string, end: End): End {
    void hold(scope, end)
    tell(scope, end)
    return end
  }

  /** Another tab has ended the session that is here. */
  function leave(session: Session, reason: SessionEndReason): void {
    // With a cookie, whoever has the turn sees to it.
    if (reason === 'logout' && !cookie) void session.flight.value?.outcome.then(orphan)
    lifecycle.end(reason)
    void navigation.afterEnd()
  }

  function orphan(outcome: Outcome): void {
    if (outcome.kind === 'renewed') void orphaned(outcome.tokens)
  }

  /** Takes note of what another tab has told, even before the storage shows it. */
  function heed(told: Standing): void {
    const session = shared()
    if (told.ended && !isOver(told)) cookie?.heardEnd()
    standings.note(told)
    if (!session || !isOver(session)) return
    if (!told.ended) return void giveWay(told)
    leave(session, told.ended)
    void hold(ALL, told)
    // A refresh here may have stored its tokens just before the news came.
    void mend()
  }

  /** Another tab has signed in: what is here is over, even if its successor does not show yet. */
  async function giveWay(to: Standing): Promise<void> {
    lifecycle.beAnonymous()
    await look(to)
    await joining
    if (!current.value) void navigation.afterEnd()
  }

  /** Takes note of what other tabs hold now. */
  async function listen(): Promise<Standing | null> {
    const known = await newest(ALL)
    if (known) heed(known)
    return known
  }

  /** Takes the standing that the storage shows, unless this tab knows a newer one. */
  function consider(
    seen: StoredSession | Standing | null | undefined,
    { wasKept = true, isLate = false }: Circumstances = {},
  ): void {
    const session = current.value
    if (seen === undefined || stop.aborted || lifecycle.isPending) return
    if (seen) standings.note({ id: seen.id, generation: seen.generation })
    if (session !== shared()) return
    if (!seen) {
      // Where it should be and is not, somebody has removed it.
      if (session && wasKept) heed({ ...session.standing, ended: 'logout' })
    } else if (session?.id === seen.id) {
      if ('tokens' in seen && isBefore(session.standing, seen)) adopt(session, seen)
    } else if (isOver(seen)) {
      void mend(isLate)
    } else if ('tokens' in seen) {
      if (seen.id !== passedBy) enter(seen)
    } else if (cookie?.isNews(seen)) {
      joining = resume(seen).then(() => void (current.value && navigation.followLogin()))
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
    void navigation.followLogin()
    void lookLater()
  }

  /** Takes a record that an event has brought: the storage itself may show it a moment later. */
  function notice(text: string | null): void {
    const record = readRecord(text)
    if (record) consider({ ...record, remember: true })
    else glance()
  }

  function glance(): Promise<unknown> | null {
    consider(vault.glance())
    return looking
  }

  /**
   * Looks at what all tabs share until it shows the newest that is known of it, though not for ever. Resolves with
   * what is known.
   */
  async function look(told?: Standing, over = stop, isLate = false): Promise<Standing | null> {
    const until = performance.now() + LONGEST_DELAY
    await lifecycle.ready()
    for (let wait = 2; ; wait *= 1.5) {
      const known = latest([told, await listen()])
      const session = current.value
      const wasKept = vault.isKept
      const seen = cookie ? (known?.ended ? undefined : (known ?? undefined)) : await vault.peek()
      if (session === current.value) consider(seen, { wasKept: wasKept && vault.isKept, isLate })
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
    const mine = ++later
    await pause(LONGEST_DELAY, stop)
    if (mine === later) await look(undefined, stop, true)
  }

  /** What is superseded was written once more, by a tab that had not heard of it: what came later stays. */
  async function mend(isLate = false): Promise<void> {
    if (isMending || cookie || !links) return
    isMending = true
    const work = async () => {
      const stored = await vault.peek()
      const known = await listen()
      isMending = false
      const { last } = standings
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
      // Whoever had what came later is gone, and the storage may be about to show it.
      if (!last.ended && !isLate) return void lookLater()
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
      if (session?.endedBy && told.ended === 'logout') void cookie?.seeOff(session.tokens, told)
      void look(told).then(lookLater)
    } else if (session && scope === scopeOf(session)) {
      vault.note(told.generation)
      if (!told.ended) return outdate(session, told)
      // A copy of this tab has a storage of its own.
      void vault.end(session.record, { id: session.id, generation: told.generation, ended: told.ended })
      leave(session, told.ended)
    }
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
    // Written at once, since the page may be gone in the next turn; held before the lock is free, so that whoever
    // has it next can tell when the storage still shows an older state.
    const saved = vault.renew(session.record)
    if (cookie) return saved // each tab has tokens of its own: that is no news to the others
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

  return {
    cookie,
    glance,
    isOver: (session) => isShared(session) && isOver(session),
    alone(session, refresh) {
      const spent = session.tokens
      const work = async (): Promise<Outcome> => {
        await settle(session)
        if (session.refused) return { kind: 'refused', cause: session.refused.cause }
        return session.tokens === spent
          ? (cookie?.unlessEnded(refresh) ?? refresh())
          : { kind: 'renewed', tokens: session.tokens }
      }
      return turns.exclusively(session.ended, work).catch(failedNow)
    },
    next: standings.next,
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
    ended(session, reason) {
      // What a copy of this tab goes on with is not over because this one cannot.
      const isAlone = reason === 'expired' && outdated.has(session)
      if (!isShared(session)) passedBy = standings.last?.id
      const { id, generation } = isAlone ? session.standing : announceEnd(session, reason)
      const end = { id, generation, ended: reason }
      const removed = vault.end(session.record, end)
      // A tab that opens while a slow storage still shows the session has missed the first word of it.
      if (!isAlone) void removed.then(() => tell(scopeOf(session), end))
    },
    endedUnseen() {
      announce(ALL, { ...standings.next(), ended: 'logout' })
    },
    found(session) {
      if (session) void hold(scopeOf(session), session.standing)
      if (links) void look()
    },
    dispose() {
      news?.close()
      cookie?.dispose()
      // Until then the storage shows less than this tab has written.
      void vault.settled().then(() => links?.locks.release())
    },
  }
}
