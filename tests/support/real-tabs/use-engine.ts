import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import type { Engine, RunningEngine } from './engines/engine.ts'
import type { Kind } from './kinds.ts'
import { bundle } from './pages.ts'
import type { Referee } from './referee.ts'
import { SteeredProfile } from './steered-profile.ts'

/** A visitor, and the server they visit. */
export interface Visit {
  profile: SteeredProfile
  referee: Referee
}

/** Starts an engine for the tests of a group; gives what lets a visitor in, with a fresh profile. */
export function useEngine(engine: Engine): (kind: Kind) => Promise<Visit> {
  let running: RunningEngine
  let script: string

  beforeAll(async () => {
    ;[script, running] = await Promise.all([bundle('tests/browser/pages/tab.ts'), engine.launch()])
  })
  afterAll(() => running?.close())

  return async ({ start, settings }) => {
    const referee = await start()
    const profile = await SteeredProfile.create(running, script, referee, settings)
    onTestFinished(async () => {
      await profile.close()
      await referee.close()
      expect(profile.complaints).toEqual([])
    })
    return { profile, referee }
  }
}
