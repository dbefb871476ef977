import { pause } from './pause.ts'
import type { RefreshResults } from './results.ts'

/** How often the holder of a claim says that it is alive, in ms. */
const BEAT = 2_000

/**
 * After how much silence a holder is taken for dead, in ms: four beats. Shorter than the ten seconds that anyone waits for a
 * refresh, so that who came when the holder died is still there when the next one asks.
 */
export const SILENCE = 8_000

/**
 * How much of the time between two looks counts as silence, in ms. A process that was stopped, and an engine that hung,
 * have not listened.
 */
const HEARD = 500

const CLAIM = 'claim.'

/** Whether a value says that somebody is asking. */
export const isClaim = (value: string): boolean => value.startsWith(CLAIM)

/** The right to ask, which one process has at a time. */
export interface Claim {
  /** What an engine holds while it stands. */
  readonly value: string
  /** Whether a value is this claim, however often it was renewed. */
  isIn(value: string): boolean
  /** Whether so much time has passed since it was taken that another process may take this one for dead. */
  isStale(): boolean
  /** Renews it until it is stopped. */
  keep(results: RefreshResults, key: string, ttl: number, stop: AbortSignal): Promise<void>
}

/** Makes a claim of a process. */
export function createClaim(processName: string): Claim {
  const takenAt = performance.now()
  const name = `${CLAIM}${processName}.${crypto.randomUUID()}.`
  const isIn = (value: string) => value.startsWith(name)

  async function renew(results: RefreshResults, key: string, ttl: number, beat: number): Promise<void> {
    const there = (await results.get(key)) ?? null
    // Nothing: the engine was restarted. Another's: it has taken this process for dead.
    if (there === null || isIn(there)) await results.swap(key, there, `${name}${beat}`, ttl)
  }

  return {
    value: `${name}0`,
    isIn,
    isStale: () => performance.now() - takenAt > SILENCE / 2,
    async keep(results, key, ttl, stop) {
      for (let beat = 1; ; beat++) {
        await pause(BEAT, stop)
        if (stop.aborted) return
        // An engine that is away hears the next beat.
        await renew(results, key, ttl, beat).catch(() => {})
      }
    },
  }
}

/** Listens whether the holder of a claim is alive. Each value is new to it until it has been seen for long enough. */
export interface Watch {
  /** Whether nothing but this value has been seen for so long that its holder must be dead. */
  isSilent(value: string): boolean
}

/**
 * Makes a watch. Silence counts by this process's own clock, and only while the engine answers: one that was away has not heard the
 * holder either. So no lease runs out behind anyone's back.
 *
 * @param processName whose claims are known to be left over: a process has one refresh of a token at a time
 */
export function createWatch(processName: string): Watch {
  let seen = ''
  let silence = 0
  let lookedAt = 0
  return {
    isSilent(value) {
      if (value.startsWith(`${CLAIM}${processName}.`)) return true
      const now = performance.now()
      silence = value === seen ? silence + Math.min(now - lookedAt, HEARD) : 0
      seen = value
      lookedAt = now
      return silence >= SILENCE
    },
  }
}
