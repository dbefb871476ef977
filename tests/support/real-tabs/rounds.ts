import type { RemoteTab } from './protocol.ts'
import type { Referee } from './referee.ts'

/** What rounds have come to. */
export interface Figures {
  rounds: number
  /** Refreshes that have reached the server. */
  refreshes: number
  /** Refresh tokens that have come again. */
  reuses: number
  /** Rounds after which the session was gone. */
  lost: number
  /** Requests that were not answered as asked. */
  unanswered: number
  /** Rounds with another number of refreshes than one. */
  uneven: number
}

/** In ms: how long ahead a moment is agreed on, so that every tab is there in time. */
const NOTICE = 25

/**
 * Lets every access token die, and all tabs ask for something at the same moment; again and again. In every other round
 * the tabs can tell that their token is dead, as after a long sleep; in the rest they hear so from the server. A session
 * that gets lost is replaced, and counted.
 */
export async function playRounds(
  tabs: RemoteTab[],
  referee: Referee,
  rounds: number,
  begin: (tabs: RemoteTab[], referee: Referee) => Promise<void> = signIn,
  requests = 1,
): Promise<Figures> {
  const figures: Figures = { rounds, refreshes: 0, reuses: 0, lost: 0, unanswered: 0, uneven: 0 }
  await begin(tabs, referee)
  for (let index = 0; index < rounds; index++) {
    const before = { refreshes: referee.refreshes, reuses: referee.reuses }
    await referee.expire()
    const round = { at: Date.now() + NOTICE, isOverslept: index % 2 === 1, requests }
    const answers = await Promise.all(tabs.map((tab) => tab.run((it) => window.tab.play(it), round)))
    const refreshes = referee.refreshes - before.refreshes
    const unanswered = answers.filter((answer) => answer !== '200').length
    const reuses = referee.reuses - before.reuses
    figures.refreshes += refreshes
    figures.unanswered += unanswered
    figures.reuses += reuses
    if (refreshes !== 1) figures.uneven++
    if (unanswered === 0 && reuses === 0) continue
    figures.lost++
    await begin(tabs, referee)
  }
  return figures
}

/** Begins a session in the first tab, and waits until the others have it too. */
export async function signIn([first, ...others]: RemoteTab[], referee: Referee): Promise<void> {
  const reply = await referee.grant()
  await first?.run((it) => window.tab.begin(it), reply)
  const hasArrived = (token: unknown) => window.tab.accessToken() === token
  await Promise.all(others.map((tab) => tab.until(hasArrived, reply.access_token)))
}
