import { afterAll, beforeAll, expect, vi } from 'vitest'
import { settled, startFakeTime } from '../../support/fake-time.ts'
import { seededRandom } from '../../support/seeded-random.ts'

/** Runs something in fake time, with the same random numbers each time. */
export type Simulate = (seed: number, run: () => Promise<void>) => Promise<void>

/**
 * Prepares a test file for simulations. A rejection that nobody handles counts against the simulation it comes from,
 * so that it is shrunk like every other failure.
 */
export function simulations(): Simulate {
  const rejections: unknown[] = []
  const runners = process.listeners('unhandledRejection')

  beforeAll(() => {
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => void rejections.push(reason))
  })

  afterAll(() => {
    process.removeAllListeners('unhandledRejection')
    for (const runner of runners) process.on('unhandledRejection', runner)
  })

  return async (seed, run) => {
    rejections.length = 0
    startFakeTime()
    vi.spyOn(Math, 'random').mockImplementation(seededRandom(seed))
    try {
      await run()
      await settled()
      expect(rejections, '6: no unhandled rejection').toEqual([])
    } finally {
      vi.restoreAllMocks()
      vi.useRealTimers()
    }
  }
}
