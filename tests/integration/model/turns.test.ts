import fc from 'fast-check'
import { describe, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { simulations } from './simulations.ts'
import { type Settings, Stage, plain } from './stage.ts'
import { Tally } from './tally.ts'

/** More turns of the event loop's microtasks than anything takes that follows from one event. */
const TURNS = 40

const settings: Settings = {
  lifetime: 60,
  user: false,
  hooks: 'nothing',
  starts: 'signed in',
  endsMidway: false,
}

/** A session whose access token is known to be dead. */
async function outlive(): Promise<void> {
  await elapse(61_000)
}

/** A session whose access token is dead without anybody knowing, and a request that was sent with it. */
async function send(stage: Stage): Promise<void> {
  stage.server.expire()
  stage.request(plain)
  await stage.settle()
}

const events: Record<
  string,
  { prepare(stage: Stage): Promise<void>; act(stage: Stage): void | Promise<void> }
> = {
  'a request is made with a dead token': {
    prepare: outlive,
    act: (stage) => stage.request(plain),
  },
  'a refresh is asked for': {
    prepare: outlive,
    act: (stage) => stage.refresh(),
  },
  'a 401 arrives': {
    async prepare(stage) {
      await send(stage)
      await stage.deliver(1)
    },
    act: (stage) => stage.deliver(1),
  },
  'new tokens arrive': {
    async prepare(stage) {
      await send(stage)
      await stage.deliver(3)
    },
    act: (stage) => stage.deliver(1),
  },
  'a refusal arrives': {
    async prepare(stage) {
      stage.refreshesMeet(['400'])
      await send(stage)
      await stage.deliver(3)
    },
    act: (stage) => stage.deliver(1),
  },
  'an answer arrives that tells nothing of the refresh': {
    async prepare(stage) {
      stage.refreshesMeet(['500'])
      await send(stage)
      await stage.deliver(3)
    },
    act: (stage) => stage.deliver(1),
  },
}

const ends: Record<string, (stage: Stage) => void | Promise<void>> = {
  'a logout': (stage) => stage.logout('success'),
  'another session': (stage) => stage.setTokens(),
  'an unmount': (stage) => stage.reopen(),
}

describe.each(Object.entries(events))('in every turn after the moment when %s', (_name, { prepare, act }) => {
  const simulate = simulations()

  test.each(Object.entries(ends))('%s breaks no promise', { timeout: 60_000 }, async (_end, end) => {
    for (let turn = 0; turn < TURNS; turn++) {
      const [scheduler] = fc.sample(fc.scheduler(), { numRuns: 1, seed: 1 })
      if (!scheduler) throw new Error('There is no scheduler.')
      await simulate(turn, async () => {
        const stage = new Stage(scheduler, settings, new Tally())
        await stage.start()
        await prepare(stage)
        stage.invariants.note(`turn ${turn}`)
        const acting = act(stage)
        for (let passed = 0; passed < turn; passed++) await Promise.resolve()
        await end(stage)
        await acting
        await stage.finish()
      })
    }
  })
})
