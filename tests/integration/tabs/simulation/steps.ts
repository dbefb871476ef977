import fc, { type Arbitrary } from 'fast-check'
import type { logoutFates, refreshFates } from '../../model/fates.ts'
import type { Browsing } from './browsing.ts'

/** One thing that happens in some tab, and how long it is until the next one. */
export interface Step {
  /** What a counterexample says. */
  toString(): string
  act(browsing: Browsing): void | Promise<void>
}

const pick = fc.nat(9)

const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(150, 1_100, 5_000) },
)

const fate = fc.constantFrom<keyof typeof refreshFates>(
  '503',
  '429 for 1 s',
  '500 after the rotation',
  'never answered',
  'never answered after the rotation',
  'cut off',
  'cut off after the rotation',
  'not connected',
  '400',
)

const logoutFate = fc.constantFrom<keyof typeof logoutFates>('500', '419', 'never answered', 'cut off')

function step<T>(
  name: string,
  input: Arbitrary<T>,
  act: (browsing: Browsing, input: T) => void,
): Arbitrary<Step> {
  return fc.tuple(input, pause).map(([given, ms]) => ({
    async act(browsing) {
      browsing.history.note(`STEP ${name}(${String(given)})`)
      act(browsing, given)
      await browsing.pass(ms)
    },
    toString: () => `${name}(${String(given)}) and ${ms} ms`,
  }))
}

const nothing = fc.constant('')

/** Tabs that do nothing but use their session. */
export const refreshing: Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: step('request in every tab', nothing, (tabs) => tabs.requestAll()) },
  { weight: 1, arbitrary: step('refresh', pick, (tabs, tab) => tabs.refresh(tab)) },
)

/** All that may happen, as often as it says. */
export const steps: Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: step('request', pick, (tabs, tab) => tabs.request(tab)) },
  { weight: 6, arbitrary: step('request in every tab', nothing, (tabs) => tabs.requestAll()) },
  { weight: 4, arbitrary: step('refresh', pick, (tabs, tab) => tabs.refresh(tab)) },
  { weight: 3, arbitrary: step('expire', nothing, (tabs) => tabs.expire()) },
  { weight: 2, arbitrary: step('refresh meets', fate, (tabs, name) => tabs.refreshMeets(name)) },
  { weight: 2, arbitrary: step('login', pick, (tabs, tab) => tabs.login(tab)) },
  { weight: 3, arbitrary: step('setTokens', pick, (tabs, tab) => tabs.setTokens(tab)) },
  { weight: 3, arbitrary: step('logout', pick, (tabs, tab) => tabs.logout(tab)) },
  { weight: 1, arbitrary: step('open', nothing, (tabs) => tabs.openTab()) },
  { weight: 1, arbitrary: step('open beside', pick, (tabs, tab) => tabs.openBeside(tab)) },
  { weight: 2, arbitrary: step('duplicate', pick, (tabs, tab) => tabs.duplicate(tab)) },
  { weight: 1, arbitrary: step('close', pick, (tabs, tab) => tabs.leave(tab, 'closes')) },
  { weight: 1, arbitrary: step('unmount', pick, (tabs, tab) => tabs.leave(tab, 'unmounts')) },
  { weight: 1, arbitrary: step('reload', pick, (tabs, tab) => tabs.leave(tab, 'reloads')) },
  { weight: 1, arbitrary: step('suspend', pick, (tabs, tab) => tabs.suspend(tab, false)) },
  { weight: 1, arbitrary: step('put in the cache', pick, (tabs, tab) => tabs.suspend(tab, true)) },
  { weight: 2, arbitrary: step('resume', pick, (tabs, tab) => tabs.resume(tab)) },
  {
    weight: 1,
    arbitrary: step('refresh is slow', fc.constantFrom(3_000, 5_000, 9_000, 13_000), (tabs, ms) =>
      tabs.refreshIsSlow(ms),
    ),
  },
  { weight: 1, arbitrary: step('logout meets', logoutFate, (tabs, name) => tabs.logoutMeets(name)) },
  { weight: 1, arbitrary: step('updateTokens', pick, (tabs, tab) => tabs.updateTokens(tab)) },
  { weight: 1, arbitrary: step('foreign write', pick, (tabs, tab) => tabs.writeForeign(tab)) },
  { weight: 1, arbitrary: step('full disk', pick, (tabs, tab) => tabs.fillDisk(tab, 2_000)) },
  { weight: 1, arbitrary: step('clear', pick, (tabs, tab) => tabs.clear(tab)) },
  {
    weight: 2,
    arbitrary: fc.constant<Step>({
      act: (tabs) => tabs.quiet(),
      toString: () => 'quiet',
    }),
  },
)
