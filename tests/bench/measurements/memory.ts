import type { WaitsFor, Waiting } from '../jobs/waiting.ts'
import { startWorker } from '../process/arena.ts'
import { type Entry, FLOOR, OTHERS, OURS } from '../roster.ts'
import { type Figure, figureOf } from '../statistics.ts'
import type { Pace } from './measurement.ts'

/** Why a contestant takes no part, where it does not. */
interface Absence {
  cannot?: string
}

/** What waiting requests hold on to. */
export interface WaitingRow extends Absence {
  name: string
  waitsFor: WaitsFor
  requests: number
  /** How many of them wait; the others were rejected at once. */
  waiting: number
  /** Bytes per request besides those of a bare request that waits in the same adapter. */
  added: number
  /** Bytes per request that are left when all have settled. */
  left: number
}

/** By how many bytes the heap grows with each expiry; bare axios, whose requests all fail, tells the noise. */
interface Growth extends Absence {
  growth: Figure
}

/** What a session leaves behind each time its token dies. */
export interface CyclesRow extends Growth {
  name: string
  cycles: number
  requests: number
}

/** Both. */
export interface MemoryFigures {
  waiting: WaitingRow[]
  cycles: CyclesRow[]
}

const WAITS: WaitsFor[] = ['the adapter', 'the refresh, before it is sent', 'the refresh, after its 401']
const FLAGS = ['--expose-gc']

/** 4. Memory: requests that wait, and sessions that live long. */
export async function measureMemory({ quick, tell }: Pace): Promise<MemoryFigures> {
  const count = quick ? 1_000 : 10_000
  const figures: MemoryFigures = { waiting: [], cycles: [] }
  tell(`${count.toLocaleString('en')} requests that wait`)
  const bare = await weigh(FLOOR, count, 'the adapter')
  for (const entry of [OURS, ...OTHERS]) {
    // Each in a process of its own: what one weighs is no other's.
    const weighed = await Promise.all(WAITS.map((waitsFor) => weigh(entry, count, waitsFor)))
    for (const [index, { waiting, bytes, left, cannot }] of weighed.entries()) {
      figures.waiting.push({
        name: entry.name,
        waitsFor: WAITS[index] ?? 'the adapter',
        requests: count,
        waiting,
        added: Math.round(bytes - bare.bytes),
        left: Math.round(left / count),
        ...(cannot && { cannot }),
      })
    }
  }
  const plan = { cycles: quick ? 100 : 200, count: 100 }
  tell(`${plan.cycles} times a dead token`)
  for (const entry of [FLOOR, OURS, ...OTHERS]) {
    const growth = await grow(entry, plan)
    figures.cycles.push({ name: entry.name, cycles: plan.cycles, requests: plan.count, ...growth })
  }
  return figures
}

async function weigh(entry: Entry, count: number, waitsFor: WaitsFor): Promise<Waiting & Absence> {
  const worker = startWorker(entry, FLAGS)
  try {
    return await worker.ask('retain', { count, waitsFor })
  } catch (error) {
    return { waiting: 0, bytes: Number.NaN, left: Number.NaN, cannot: (error as Error).message }
  } finally {
    await worker.close()
  }
}

async function grow(entry: Entry, plan: { cycles: number; count: number }): Promise<Growth> {
  const worker = startWorker(entry, FLAGS)
  try {
    return { growth: figureOf(await worker.ask('cycle', plan)) }
  } catch (error) {
    return { growth: figureOf([]), cannot: (error as Error).message }
  } finally {
    await worker.close()
  }
}
