import { type Worker, rotated, withServer, withWorkers } from '../process/arena.ts'
import { type Entry, FLOOR, FLOOR_AGAIN, OTHERS, OURS } from '../roster.ts'
import { type Figure, figureOf } from '../statistics.ts'
import type { Pace } from './measurement.ts'

/** What a request costs whose token is let in. */
export interface IdleRow {
  name: string
  /** CPU time of a request over loopback, in µs, and as a multiple of the floor's in the same round. */
  cpu: Figure
  cpuRatio: Figure
  /** Time added to a request that an adapter in memory answers, in µs. */
  added: Figure
  /** Bytes allocated for it besides the floor's. */
  bytes: Figure
}

type Samples = Map<Entry, number[]>

const ENTRIES = [FLOOR, OURS, ...OTHERS, FLOOR_AGAIN]

/** Enough room for the young objects of a whole round: no garbage collection comes between. */
const ROOMY = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256']

interface Plan {
  /** How often every process is started anew: each finds another layout of memory. */
  blocks: number
  rounds: number
}

/** 1. Nothing happens: the token lives, and requests pass. */
export async function measureNothingHappens({ quick, tell }: Pace): Promise<IdleRow[]> {
  const plan: Plan = quick ? { blocks: 1, rounds: 4 } : { blocks: 3, rounds: 5 }
  tell('a request over loopback')
  const cpu = await overLoopback(plan)
  tell('a request in memory')
  const time = await inMemory(plan, [], async (worker) =>
    worker.ask('spin', { count: quick ? 1_000 : 3_000 }),
  )
  tell('bytes per request')
  const bytes = await inMemory({ ...plan, blocks: 1 }, ROOMY, (worker) =>
    worker.ask('allocate', { count: 2_000 }),
  )
  return ENTRIES.map((entry) => ({
    name: entry.name,
    cpu: figureOf(cpu.get(entry) ?? []),
    cpuRatio: figureOf(against(cpu, entry, (value, floor) => value / floor)),
    added: figureOf(against(time, entry, (value, floor) => value - floor)),
    bytes: figureOf(against(bytes, entry, (value, floor) => value - floor)),
  }))
}

/** Each round's value against the floor's of the same round. */
function against(
  samples: Samples,
  entry: Entry,
  compare: (value: number, floor: number) => number,
): number[] {
  const floors = samples.get(FLOOR) ?? []
  return (samples.get(entry) ?? []).flatMap((value, round) => {
    const floor = floors[round]
    return floor === undefined || Number.isNaN(value) || Number.isNaN(floor) ? [] : [compare(value, floor)]
  })
}

function overLoopback(plan: Plan): Promise<Samples> {
  return withServer(async ({ server, url }) => {
    await server.ask('begin', {})
    return inRounds(
      plan,
      [],
      async (worker) => worker.ask('prepare', { url, tokens: await server.ask('grant', {}) }),
      (worker) => worker.ask('loopback', { count: 750, at: 8 }),
    )
  })
}

const inMemory = (plan: Plan, flags: string[], ask: (worker: Worker) => Promise<number | null>) =>
  inRounds(plan, flags, (worker) => worker.ask('prepare', null), ask)

async function inRounds(
  { blocks, rounds }: Plan,
  flags: string[],
  prepare: (worker: Worker) => Promise<void>,
  ask: (worker: Worker) => Promise<number | null>,
): Promise<Samples> {
  const samples: Samples = new Map(ENTRIES.map((entry) => [entry, []]))
  for (let block = 0; block < blocks; block++) {
    await withWorkers(ENTRIES, flags, async (workers) => {
      for (const { worker } of workers) await prepare(worker)
      // The first two rounds are for the compiler.
      for (let round = -2; round < rounds; round++) {
        for (const { entry, worker } of rotated(workers, block * rounds + round + 2)) {
          const value = await ask(worker).catch(() => null)
          if (round >= 0) samples.get(entry)?.push(value ?? Number.NaN)
        }
      }
    })
  }
  return samples
}
