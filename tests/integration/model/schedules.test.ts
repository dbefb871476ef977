import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AtLeast } from './at-least.ts'
import { simulations } from './simulations.ts'
import { type Settings, Stage } from './stage.ts'
import { steps } from './steps.ts'
import { Tally } from './tally.ts'

// More schedules:    MODEL_RUNS=50000 MODEL_SEED=$RANDOM npx vitest run tests/integration/model
// One that failed:   the same with the seed, the path and the replayPath of the message as MODEL_SEED, MODEL_PATH
//                    and MODEL_REPLAY
const { MODEL_RUNS = '400', MODEL_SEED = '20261123', MODEL_PATH, MODEL_REPLAY } = process.env

const RUNS = Number(MODEL_RUNS)

const LEAST_STEPS = 30

/** A run takes a few ms, and a failure is shrunk by hundreds of them. */
const TIMEOUT = 60_000 + RUNS * 60

const settings: fc.Arbitrary<Settings> = fc.record({
  lifetime: fc.constantFrom(null, 1, 60, 3_600),
  user: fc.boolean(),
  hooks: fc.constantFrom('nothing', 'nothing', 'throw', 'send a request'),
  starts: fc.constantFrom('signed in', 'signed in', 'signing in', 'signed out'),
  endsMidway: fc.boolean(),
})

// A few steps are not possible when their turn comes: more are made than have to be.
const commands = new AtLeast(
  fc.commands(steps, {
    maxCommands: 70,
    size: 'max',
    ...(MODEL_REPLAY && { replayPath: MODEL_REPLAY }),
  }),
  (made) => [...made].length >= 50,
)

describe('52. whatever the order of requests, answers, refreshes, logins, logouts, aborts and failures', () => {
  const tally = new Tally()
  const simulate = simulations()

  test(
    'no promise is broken',
    async () => {
      const schedule = fc.asyncProperty(
        fc.scheduler(),
        commands,
        settings,
        fc.nat(),
        (scheduler, made, chosen, seed) =>
          simulate(seed, async () => {
            const stage = new Stage(scheduler, chosen, tally)
            await stage.start()
            await fc.asyncModelRun(() => ({ model: stage, real: stage }), made)
            await stage.finish()
            tally.add(stage.steps < LEAST_STEPS ? 'short runs' : 'runs')
          }),
      )
      // Requests with a header of their own, and to other origins, are answered 401 as they may be.
      const { warn } = console
      console.warn = () => {}
      onTestFinished(() => void (console.warn = warn))
      await fc.assert(schedule, {
        numRuns: RUNS,
        seed: Number(MODEL_SEED),
        ...(MODEL_PATH && { path: MODEL_PATH }),
      })
      if (!MODEL_PATH) expectAll(tally)
    },
    TIMEOUT,
  )
})

/** A run that never comes by what a promise is about proves nothing of it. */
function expectAll(tally: Tally): void {
  expect(tally.of('runs'), `runs of ${LEAST_STEPS} steps or more`).toBeGreaterThanOrEqual(0.99 * RUNS)
  const share = (what: string) => tally.of(what) / RUNS
  expect(share('refreshes: 200')).toBeGreaterThan(0.5)
  expect(share('refreshes: given up')).toBeGreaterThan(0.1)
  expect(share('refreshes: cut off')).toBeGreaterThan(0.02)
  expect(share('refreshes: not connected')).toBeGreaterThan(0.01)
  expect(share('reuses after a lost reply')).toBeGreaterThan(0.02)
  expect(share('replays')).toBeGreaterThan(0.5)
  expect(share('requests: ERR_CANCELED')).toBeGreaterThan(0.5)
  expect(share('requests: ERR_AUTH_SESSION_CHANGED')).toBeGreaterThan(0.5)
  expect(share('requests: ERR_AUTH_REFRESH')).toBeGreaterThan(0.5)
  expect(share('requests: ERR_AUTH_EXPIRED')).toBeGreaterThan(0.1)
  expect(share('reopened')).toBeGreaterThan(0.5)
}
