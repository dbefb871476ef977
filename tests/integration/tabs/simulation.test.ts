import fc from 'fast-check'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { settled, startFakeTime } from '../../support/fake-time.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import type { Keeper } from '../../support/simulated/world.ts'
import { AtLeast } from '../model/at-least.ts'
import { Browsing, type Sabotage, type Settings } from './simulation/browsing.ts'
import { steps } from './simulation/steps.ts'

const { TABS_RUNS = '400', TABS_SEED = '20261123', TABS_PATH } = process.env

const settingsOf = (keeper: Keeper): fc.Arbitrary<Settings> =>
  fc.record({
    keeper: fc.constant(keeper),
    lifetime: fc.constantFrom(null, 60, 3_600),
    user: fc.boolean(),
    tabs: fc.integer({ min: 2, max: 5 }),
    longest: fc.record({
      storage: fc.constantFrom(4, 20, 60),
      locks: fc.constantFrom(1, 4, 20),
      messages: fc.constantFrom(2, 10, 60),
      network: fc.constantFrom(5, 40),
    }),
    delays: fc.array(fc.nat(100), { minLength: 1, maxLength: 60, size: 'max' }),
  })

const rejections: unknown[] = []
let runners: NodeJS.UnhandledRejectionListener[] = []

// A rejection that nobody handles counts against the run it comes from, so that the run shrinks.
beforeAll(() => {
  runners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => void rejections.push(reason))
})

afterAll(() => {
  process.removeAllListeners('unhandledRejection')
  for (const runner of runners) process.on('unhandledRejection', runner)
})

/** That no schedule of what tabs do breaks a promise. */
function property(keeper: Keeper, sabotage: Sabotage = {}) {
  return fc.asyncProperty(
    settingsOf(keeper),
    new AtLeast(fc.array(steps, { maxLength: 40, size: 'max' }), ({ length }) => length >= 10),
    fc.nat(),
    async (settings, schedule, seed) => {
      rejections.length = 0
      startFakeTime()
      vi.spyOn(Math, 'random').mockImplementation(seededRandom(seed))
      try {
        const browsing = new Browsing(settings, sabotage)
        await browsing.quiet()
        browsing.setTokens(0)
        await browsing.pass(5)
        for (const step of schedule) await step.act(browsing)
        await browsing.finish()
        await settled()
        if (rejections.length > 0) {
          const reasons = rejections.map((reason) =>
            reason instanceof Error ? reason.stack : String(reason),
          )
          browsing.history.broken('6: nothing left behind', `Nobody handles ${reasons.join(', ')}`)
        }
        browsing.history.assertUnbroken()
      } finally {
        vi.restoreAllMocks()
        vi.useRealTimers()
      }
    },
  )
}

const parameters = { seed: Number(TABS_SEED), ...(TABS_PATH && { path: TABS_PATH }) }

const places: Array<[where: string, keeper: Keeper]> = [
  ['localStorage', 'local'],
  ['an asynchronous storage of the application', 'custom'],
  ['sessionStorage, copied to duplicates', 'session'],
  ['a cookie', 'cookie'],
]

test.each(places)(
  'no schedule in many tabs breaks a promise, with the session in %s',
  { timeout: 30 * 60_000 },
  async (_where, keeper) => {
    await fc.assert(property(keeper), { numRuns: Number(TABS_RUNS), ...parameters })
  },
)
