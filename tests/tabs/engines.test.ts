import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { times } from '../support/outcomes.ts'
import { ENGINES } from '../support/real-tabs/engines/engines.ts'
import { KINDS, type Kind } from '../support/real-tabs/kinds.ts'
import { playRounds } from '../support/real-tabs/rounds.ts'
import { haveSeparateProcesses } from '../support/real-tabs/separate-processes.ts'
import type { SteeredTab } from '../support/real-tabs/steered-tab.ts'
import { useEngine } from '../support/real-tabs/use-engine.ts'

/**
 * How many rounds two tabs play; five tabs play a fifth of them, where many rounds are asked for with every kind, else
 * with the first one. `npm run bench:tabs` plays many more.
 */
const ROUNDS = Number(process.env.TAB_ROUNDS ?? 4)
const PLAYED_BY_FIVE = process.env.TAB_ROUNDS ? KINDS : KINDS.slice(0, 1)

/** How many requests each tab sends at once. */
const REQUESTS = 5

/** In ms, for a slow machine. */
const PATIENCE = 60_000 + ROUNDS * 2_000

/** In ms: how long a tab waits at most for the refresh of a page that has been left. */
const WAIT = 2_000

/** In ms: how long is waited for what need not come. */
const COURTESY = 5_000

const ELSEWHERE = '/elsewhere'

/** Waits for a while until a function in the page gives something; without it, things go on as well. */
async function forAWhile(tab: SteeredTab, look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + COURTESY
  while (Date.now() < end && !(await tab.run(look))) await sleep(20)
}

/**
 * In ms: Chromium takes a lock from a page that it keeps where another one has asked for it just now, not where that one
 * has asked long before.
 */
const LONG_BEFORE = 1_500

const isLockAwaited = async () => Boolean((await navigator.locks.query()).pending?.length)

/** A page that has just changed its session may have locks for a moment. */
const isUnlocked = async () => !(await navigator.locks.query()).held?.length

describe.each(ENGINES)('$name', (engine) => {
  const isMissing = !engine.isInstalled()
  const missing = `is not installed (${engine.packages}): skipped`

  describe.skipIf(isMissing)(isMissing ? missing : 'plays with real tabs', () => {
    const visit = useEngine(engine)

    /** Opens tabs and lets them play: no session is lost, and no more is refreshed than has to be. */
    async function play(kind: Kind, count: number, rounds: number): Promise<void> {
      const { profile, referee } = await visit(kind)
      const tabs = await Promise.all(times(count, () => profile.open()))
      expect(await haveSeparateProcesses(tabs, profile.pages)).toBe(true)

      const figures = await playRounds(tabs, referee, rounds, kind.begin, REQUESTS)

      expect(figures).toMatchObject({ reuses: 0, lost: 0, unanswered: 0 })
      const { least, most } = kind.refreshes(count)
      expect(figures.refreshes).toBeGreaterThanOrEqual(rounds * least)
      expect(figures.refreshes).toBeLessThanOrEqual(rounds * most)
    }

    test.each(KINDS)(
      'two tabs that refresh at the same moment keep their session: $name',
      (kind) => play(kind, 2, ROUNDS),
      PATIENCE,
    )

    test.each(PLAYED_BY_FIVE)(
      'five tabs that refresh at the same moment keep their session: $name',
      (kind) => play(kind, 5, Math.ceil(ROUNDS / 5)),
      PATIENCE,
    )

    test.for(KINDS.filter(({ isShared }) => isShared))(
      'a page that is left in the middle of its refresh keeps no other one waiting: $name',
      { timeout: PATIENCE },
      async (kind, { annotate }) => {
        const { profile, referee } = await visit(kind)
        const [here, there] = [await profile.open(), await profile.open()]
        await kind.begin([there, here], referee)
        await referee.expire()
        const hold = referee.checkpoint.hold('before')
        await there.run(() => void window.tab.get())
        await hold.reached
        await here.run(() => void window.tab.get().then((answer) => Object.assign(window, { answer })))
        await here.until(() => window.tab.store.isRefreshing)
        await forAWhile(here, isLockAwaited)
        await sleep(LONG_BEFORE)

        await there.leaveFor(ELSEWHERE)

        await expect
          .poll(() => here.run(() => (window as { answer?: string }).answer), { timeout: WAIT, interval: 20 })
          .toBe('200')
        hold.release()
        const { isKept } = await there.goBack()
        await annotate(`came back from the back/forward cache: ${isKept}`)
        await there.until(() => 'tab' in window && window.tab.store.isAuthenticated)
        // The refresh has failed with the page, and what has failed is shared for a second.
        await expect.poll(() => there.run(() => window.tab.get()), { timeout: COURTESY }).toBe('200')
        await referee.expire()
        expect(await here.run(() => window.tab.get())).toBe('200')
        expect(referee.reuses).toBe(0)
      },
    )

    test('keeps a page without an application in its back/forward cache', async () => {
      const { profile } = await visit(KINDS[0]!)
      const tab = await profile.open(ELSEWHERE)

      await tab.leaveFor(`${ELSEWHERE}?`)

      expect(await tab.goBack()).toEqual({ path: ELSEWHERE, isKept: true })
    })

    test.each(KINDS)(
      'keeps a signed-in page in its back/forward cache, and the page goes on from there: $name',
      async (kind) => {
        const { profile, referee } = await visit(kind)
        const tab = await profile.open()
        await kind.begin([tab], referee)
        await forAWhile(tab, isUnlocked)

        await tab.leaveFor(ELSEWHERE)
        await referee.expire()

        expect(await tab.goBack()).toEqual({ path: '/', isKept: true })
        expect(await tab.run(() => window.tab.get())).toBe('200')
        expect(referee.reuses).toBe(0)
      },
      PATIENCE,
    )
  })
})
