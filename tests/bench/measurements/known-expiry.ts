import { withServer } from '../process/arena.ts'
import { IDEAL, OTHERS, OURS } from '../roster.ts'
import { type Figure, figureOf } from '../statistics.ts'
import type { Pace } from './measurement.ts'
import { ratiosTo, rushInRounds, worstOf } from './rounds.ts'

/** What a client makes of a token of which it could know that it is dead. */
export interface KnownExpiryRow {
  name: string
  requests: number
  succeeded: number
  refreshes: number
  wire: number
  /** Requests that were sent although the token was dead. */
  refused: number
  /** Wall time as a multiple of the ideal's: one refresh, and each request once. */
  ratio: Figure | null
}

/** What a client makes of a token that dies soon. */
export interface LeewayRow {
  name: string
  requests: number
  succeeded: number
  refreshes: number
  /** Whether requests were held up until the refresh was answered. */
  waited: boolean
}

/** Both. */
export interface ClockFigures {
  knownExpiry: KnownExpiryRow[]
  leeway: LeewayRow[]
}

const ENTRIES = [IDEAL, OURS, ...OTHERS]

/** How many rounds for how many requests. */
const ROUNDS = new Map([
  [100, { pair: 21, others: 5 }],
  [1_000, { pair: 11, others: 3 }],
])

/** How long the server takes to answer a refresh, so that it shows who waits for it, in ms. */
const REFRESH_DELAY = 400

/** 3. Known expiry: the client can tell from its clock that the token is dead, or will be soon. */
export function measureKnownExpiry({ quick, tell }: Pace): Promise<ClockFigures> {
  return withServer(async (arena) => {
    const figures: ClockFigures = { knownExpiry: [], leeway: [] }
    for (const [requests, rounds] of quick ? [[100, { pair: 3, others: 2 }] as const] : ROUNDS) {
      tell(`${requests.toLocaleString('en')} requests with a token that is known to be dead`)
      const plan = { count: requests, goesByClock: true, isDead: true, lifetime: 60, pause: 80 }
      const results = await rushInRounds(arena, ENTRIES, rounds, plan)
      const ideal = results.get(IDEAL) ?? []
      for (const [{ name }, outcome] of results) {
        const ratios = ratiosTo(ideal, outcome)
        const { succeeded, refreshes, refused, requests: sent, refreshRequests } = worstOf(outcome)
        figures.knownExpiry.push({
          name,
          requests,
          succeeded,
          refreshes,
          wire: sent + refreshRequests,
          refused,
          ratio: ratios.length === outcome.length ? figureOf(ratios) : null,
        })
      }
    }
    tell('100 requests with a token that dies soon')
    // Two of four seconds have passed: the leeway is never more than half of what is left of a token.
    const plan = {
      count: 100,
      goesByClock: true,
      lifetime: 4_000,
      pause: 2_100,
      refreshDelay: REFRESH_DELAY,
      isCold: true,
    }
    const results = await rushInRounds(arena, [OURS, ...OTHERS], { pair: 1, others: 1 }, plan)
    for (const [{ name }, outcome] of results) {
      const { succeeded, refreshes, longest } = worstOf(outcome)
      figures.leeway.push({
        name,
        requests: plan.count,
        succeeded,
        refreshes,
        waited: longest >= REFRESH_DELAY,
      })
    }
    return figures
  })
}
