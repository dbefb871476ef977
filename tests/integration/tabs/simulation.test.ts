import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { settled, startFakeTime } from '../../support/fake-time.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import type { Keeper } from '../../support/simulated/world.ts'
import { AtLeast } from '../model/at-least.ts'
import { Browsing, type Sabotage, type Settings } from './simulation/browsing.ts'
import { type Step, refreshing, steps } from './simulation/steps.ts'

// A longer run: `TABS_RUNS=20000 TABS_SEED=1 npx vitest run --project integration tests/integration/tabs/simulation.test.ts`;
// what fails prints its seed and its path, and comes again with TABS_SEED and TABS_PATH; `TABS_SHRINK=no` shows the first failure as it is.
// `TABS_KEEPERS=custom,cookie` runs some of the places in which a session is kept.
const {
  TABS_RUNS = '400',
  TABS_SEED = '20261123',
  TABS_KEEPERS = 'local,custom,session,cookie,hidden',
  TABS_PATH,
  TABS_SHRINK,
} = process.env

const parameters = { seed: Number(TABS_SEED), ...(TABS_PATH && { path: TABS_PATH }) }

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

const scheduleOf = (step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> =>
  new AtLeast(fc.array(step, { maxLength: 40, size: 'max' }), ({ length }) => length >= 10)

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
function property(keeper: Keeper, schedules: fc.Arbitrary<Step[]>, sabotage: Sabotage = {}) {
  return fc.asyncProperty(settingsOf(keeper), schedules, fc.nat(), async (settings, schedule, seed) => {
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
      for (const reason of rejections) browsing.unhandled(reason)
      browsing.history.assertUnbroken()
    } finally {
      vi.restoreAllMocks()
      vi.useRealTimers()
    }
  })
}

const places: Array<[where: string, keeper: Keeper]> = [
  ['localStorage', 'local'],
  ['an asynchronous storage of the application', 'custom'],
  ['sessionStorage, copied to duplicates', 'session'],
  ['a cookie', 'cookie'],
  ['cookies, its tokens seen by no script', 'hidden'],
]

test.each(places.filter(([, keeper]) => TABS_KEEPERS.split(',').includes(keeper)))(
  'no schedule in many tabs breaks a promise, with the session in %s',
  { timeout: 60 * 60_000 },
  async (_where, keeper) => {
    await fc.assert(property(keeper, scheduleOf(steps)), {
      numRuns: Number(TABS_RUNS),
      ...parameters,
      ...(TABS_SHRINK === 'no' && { endOnFailure: true }),
    })
  },
)

describe('the simulation finds what breaks', { timeout: 60_000 }, () => {
  const sabotages: Array<[how: string, sabotage: Sabotage, finds: RegExp]> = [
    ['nobody can see the fences that other tabs hold', { locks: { isSecretive: true } }, /counts a reuse/],
    [
      'each tab has locks of its own',
      { locks: { isDivided: true } },
      /has not got its answer|counts a reuse/,
    ],
  ]

  test.each(sabotages)('where %s', async (_how, sabotage, finds) => {
    const broken = property('local', scheduleOf(refreshing), sabotage)
    const { failed, errorInstance } = await fc.check(broken, {
      numRuns: 500,
      endOnFailure: true,
      ...parameters,
    })

    expect(failed).toBe(true)
    expect(String(errorInstance)).toMatch(finds)
  })

  test('and nothing where nothing is broken', async () => {
    await fc.assert(property('local', scheduleOf(refreshing)), { numRuns: 50, ...parameters })
  })

  test('where no news reaches another tab', async () => {
    const broken = property('local', scheduleOf(steps), { storage: { isMute: true } })
    const { failed, errorInstance } = await fc.check(broken, {
      numRuns: 50,
      endOnFailure: true,
      ...parameters,
    })

    expect(failed).toBe(true)
    expect(String(errorInstance)).toMatch(/is kept|which was ended/)
  })
})
