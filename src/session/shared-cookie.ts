import { type Standing, isBefore, latest } from '../standing.ts'
import type { AuthTokens } from '../types.ts'
import { type Outcome, failedNow } from './ask.ts'
import { ALL, type Standings } from './standings.ts'
import type { Turns } from './turns.ts'

/**
 * The cookie that all tabs live on, where the server keeps the session. Nothing is stored: which session is behind it
 * is told by the standings alone, and what changes it is done by one tab after another.
 */
export interface SharedCookie {
  /** Whether the server is to be asked for a session that another tab has begun: what it says once is enough. */
  isNews(standing: Standing): boolean
  /** Notices that the session has ended: an answer that is still on its way must not bring it back. */
  heardEnd(): void
  /** Runs what may change the cookie; one that it brings back after the end of the session does not stay. */
  unlessEnded(ask: () => Promise<Outcome>): Promise<Outcome>
  /**
   * Asks the server while no other tab does. What it answers belongs to the session that other tabs have joined, or to
   * one that begins with it.
   *
   * @param ask gets a signal that is aborted when the session has ended meanwhile
   * @param wanted the session that it is asked for: nobody is asked where that is over by then
   */
  resumed(
    ask: (over: AbortSignal) => Promise<Outcome>,
    wanted?: Standing,
  ): Promise<{ outcome: Outcome; standing: Standing }>
  /** Names a session that begins: all tabs see at once that the cookie has changed hands. */
  changedHands(): Promise<Standing>
  /** Lets the other tabs know that the server has ended whatever was behind the cookie. */
  endedByServer(): Promise<void>
  /** Makes sure that the server hears of a logout, even where the tab that was to say so is gone. */
  seeOff(tokens: AuthTokens, end: Standing): Promise<void>
  dispose(): void
}

/** What a cookie is shared with. */
export interface CookieSettings {
  standings: Standings
  turns: Turns
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
  /** Takes note of what other tabs hold now. */
  listen(): Promise<Standing | null>
  tell(scope: string, standing: Standing): void
  /** Tells the backend of tokens that nobody keeps. */
  dismiss(tokens: AuthTokens): Promise<void>
}

/** Makes the cookie of one identity. */
export function shareCookie(settings: CookieSettings): SharedCookie {
  const { standings, turns, stop, listen, tell, dismiss } = settings
  let asked = ''
  let ends = 0
  let resuming: AbortController | null = null

  async function unlessEnded(ask: () => Promise<Outcome>): Promise<Outcome> {
    const before = ends
    const outcome = await ask()
    if (ends === before || outcome.kind !== 'renewed') return outcome
    await dismiss(outcome.tokens)
    return { kind: 'refused' }
  }

  return {
    isNews({ id }) {
      const isNews = asked !== id
      asked = id
      return isNews
    },
    heardEnd() {
      ends++
      resuming?.abort()
    },
    unlessEnded,
    async resumed(ask, wanted) {
      await listen()
      const before = ends
      let standing: Standing = { id: '', generation: 0 }
      const work = async (): Promise<Outcome> => {
        await listen()
        if (ends !== before || (wanted && standings.isOver(wanted))) return { kind: 'refused' }
        const { signal } = (resuming = new AbortController())
        const outcome = await unlessEnded(() => ask(signal))
        resuming = null
        if (signal.aborted) return { kind: 'refused' }
        const joined = latest([standings.last, await listen()])
        asked = joined?.id ?? ''
        if (outcome.kind !== 'renewed') return outcome
        standing = joined && !joined.ended && !standings.isOver(joined) ? joined : standings.next()
        await standings.hold(ALL, standing)
        return outcome
      }
      return { outcome: await turns.exclusively(stop, work).catch(failedNow), standing }
    },
    async changedHands() {
      const standing = standings.next()
      asked = standing.id
      await standings.hold(ALL, standing)
      return standing
    },
    async endedByServer() {
      await listen() // what ends is later than all that anybody has
      const end = { ...standings.next(), ended: 'logout' } as const
      await standings.hold(ALL, end)
      tell(ALL, end)
    },
    async seeOff(tokens, end) {
      const work = async () => {
        const known = await standings.newest(ALL)
        if (known && isBefore(end, known)) return // it has been told, or somebody has signed in since
        await dismiss(tokens)
        await standings.hold(ALL, { ...end, generation: standings.next().generation })
      }
      await turns.exclusively(stop, work).catch(() => {})
    },
    dispose: () => resuming?.abort(),
  }
}
