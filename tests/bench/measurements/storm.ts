import { withServer } from '../process/arena.ts'
import { type Entry, IDEAL, OTHERS, OURS } from '../roster.ts'
import { type Figure, figureOf } from '../statistics.ts'
import type { Pace } from './measurement.ts'
import { type Round, ratiosTo, rushInRounds, worstOf } from './rounds.ts'

/** What becomes of requests that all go out with a dead token: in the worst round, and the time of all rounds. */
export interface StormRow {
  name: string
  requests: number
  /** Over how many ms the answers of 401 are spread. */
  spread: number
  succeeded: number
  failed: number
  hung: number
  refreshes: number
  reuses: number
  /** Requests that arrived at the server, refreshes included. */
  wire: number
  ms: Figure
  /** Wall time as a multiple of the ideal's in the same round; only where all requests succeeded. */
  ratio: Figure | null
  /** The commonest reason of failures. */
  reason?: string
}

const ENTRIES = [IDEAL, OURS, ...OTHERS]
const SPREAD = 200

/** How long a refresh takes while answers are spread, in ms. */
const REFRESH_DELAY = 50

/** How many rounds for how many requests. */
const ROUNDS = new Map([
  [100, { pair: 21, others: 5 }],
  [1_000, { pair: 9, others: 3 }],
  [10_000, { pair: 3, others: 1 }],
])

/** 2. A storm: every request goes out with a dead token, which only the server knows. */
export function measureStorm({ quick, tell }: Pace): Promise<StormRow[]> {
  return withServer(async (arena) => {
    const rows: StormRow[] = []
    for (const [requests, rounds] of quick ? [[100, { pair: 3, others: 2 }] as const] : ROUNDS) {
      for (const spread of [0, SPREAD]) {
        tell(
          `${requests.toLocaleString('en')} requests, answers ${spread ? `over ${spread} ms` : 'together'}`,
        )
        const results = await rushInRounds(arena, ENTRIES, rounds, {
          count: requests,
          isDead: true,
          spread,
          refreshDelay: spread ? REFRESH_DELAY : 0,
        })
        const ideal = results.get(IDEAL) ?? []
        for (const [entry, played] of results) rows.push(rowOf(entry, { requests, spread }, played, ideal))
      }
    }
    return rows
  })
}

function rowOf(
  { name }: Entry,
  storm: { requests: number; spread: number },
  rounds: Round[],
  ideal: Round[],
): StormRow {
  const ratios = ratiosTo(ideal, rounds)
  const { succeeded, failed, hung, refreshes, reuses, requests, refreshRequests, reasons } = worstOf(rounds)
  const [reason] = Object.entries(reasons).toSorted(([, one], [, other]) => other - one)
  return {
    name,
    ...storm,
    succeeded,
    failed,
    hung,
    refreshes,
    reuses,
    wire: requests + refreshRequests,
    ms: figureOf(rounds.map(({ ms }) => ms)),
    ratio: ratios.length === rounds.length ? figureOf(ratios) : null,
    ...(reason && { reason: reason[0] }),
  }
}
