import type { Rush, RushOutcome } from '../jobs/rush.ts'
import { type Arena, type Worker, rotated, startWorker } from '../process/arena.ts'
import type { Counts } from '../process/sessions.ts'
import { type Entry, IDEAL, OURS } from '../roster.ts'

/** One rush of one contestant, as it and the server saw it. */
export type Round = RushOutcome & Counts

/** What a rush is like. */
export interface RushPlan {
  count: number
  goesByClock?: boolean
  /** How long the token lives after the sign-in, in ms; it is dead at the server from the start where none is given. */
  lifetime?: number
  /** Whether the server refuses the token from the start. */
  isDead?: boolean
  pause?: number
  spread?: number
  refreshDelay?: number
  /** Whether nothing comes ahead that does not count. */
  isCold?: boolean
}

/** How many rounds are played: the more with those whose times are close. */
export interface Rounds {
  pair: number
  others: number
}

/** Those whose times are held against each other. */
const PAIR = [IDEAL, OURS]

/** How many requests a rush has that does not count: it is for the compiler and the connections. */
const WARM_UP = 300

/** After so many rounds in which requests hang, nothing new is to be learned from a contestant. */
const ENOUGH_HUNG = 2

/** Longer than a rush can take. */
const TIMEOUT = 60_000

/** Lets every contestant rush so many times, in another order each time. */
export async function rushInRounds(
  { server, url }: Arena,
  entries: Entry[],
  rounds: Rounds,
  { spread = 0, refreshDelay = 0, isDead = false, lifetime = 3_600_000, isCold = false, ...plan }: RushPlan,
): Promise<Map<Entry, Round[]>> {
  const workers = new Map<Entry, Worker>()
  const results = new Map<Entry, Round[]>(entries.map((entry) => [entry, []]))

  async function rush(entry: Entry, count: number): Promise<Round> {
    const worker = workers.get(entry) ?? startWorker(entry)
    workers.set(entry, worker)
    await server.ask('begin', { spread, refreshDelay })
    const tokens = await server.ask('grant', { isDead, lifetime })
    const parameter: Rush = { ...plan, url, tokens, count }
    const outcome = await worker.ask('rush', parameter, TIMEOUT).catch((error: Error) => lost(count, error))
    const counts = await server.ask('counts', undefined)
    if (outcome.hung) {
      // What still hangs there must not get into the next round.
      await worker.close()
      workers.delete(entry)
    }
    return { ...outcome, ...counts }
  }

  try {
    if (!isCold) {
      for (const entry of [...entries, ...PAIR]) await rush(entry, WARM_UP)
    }
    for (let round = 0; round < rounds.pair; round++) {
      const players = round < rounds.others ? entries : entries.filter((entry) => PAIR.includes(entry))
      for (const entry of rotated(players, round)) {
        const played = results.get(entry) ?? []
        if (played.filter(({ hung }) => hung).length < ENOUGH_HUNG) played.push(await rush(entry, plan.count))
      }
    }
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.close()))
  }
  return results
}

/** A process that ends or never answers leaves all of its requests hanging. */
const lost = (count: number, { message }: Error): RushOutcome => ({
  succeeded: 0,
  failed: 0,
  hung: count,
  ms: 0,
  longest: 0,
  reasons: { [message]: count },
})

/** How long each round took against the ideal's in the same round; nothing where not all succeeded. */
export function ratiosTo(ideal: Round[], rounds: Round[]): number[] {
  return rounds.flatMap(({ ms, hung, failed }, round) => {
    const best = ideal[round]
    return best && !hung && !failed ? [ms / best.ms] : []
  })
}

/** The round in which the fewest succeeded, for the most refreshes. */
export function worstOf(rounds: Round[]): Round {
  const [worst] = rounds.toSorted(
    (one, other) => one.succeeded - other.succeeded || other.refreshes - one.refreshes,
  )
  if (!worst) throw new Error('There was no round.')
  return worst
}
