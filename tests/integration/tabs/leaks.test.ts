import { describe, expect, test, vi } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { inTime, openTabs, useWorld } from '../../support/simulated/use-world.ts'
import { type Keeper, type TabWorld, type Visit, isCookie } from '../../support/simulated/world.ts'

const MANY = 1_000

const keepers: Keeper[] = ['local', 'custom', 'session', 'cookie', 'hidden']

/** What a tab has in its browser. */
const heldBy = ({ browser }: TabWorld, { tab }: Visit) => ({
  locks: browser.locks.of(tab).length,
  listeners: tab.listeners,
  timers: vi.getTimerCount(),
  records: browser.localStorage.content.size,
})

const credentials = (index: number) => ({ name: `user ${index}`, login: 'let in', user: 'known' })

describe.each(keepers)('finding 9: a tab that stays open (%s)', (keeper) => {
  // Where a session is not remembered it is its tab's own, a home for each of them.
  test.each(keeper === 'local' ? [true, false] : [true])(
    `holds no more after ${MANY} logins and logouts than after one, remembered: %s`,
    { timeout: 60_000 },
    async (remember) => {
      const world = useWorld({ keeper })
      const [visit, other] = await openTabs(world, 2)
      const signInAndOut = async (index: number) => {
        await inTime(visit.store.login(credentials(index), { redirect: false, remember }))
        await inTime(visit.store.logout({ redirect: false }))
      }
      await signInAndOut(0)
      await elapse(10_000)
      const before = [heldBy(world, visit), heldBy(world, other)]

      for (let index = 1; index < MANY; index++) await signInAndOut(index)
      await elapse(10_000)

      const after = [heldBy(world, visit), heldBy(world, other)]
      // What copies of a tab need to know of each other is kept of the last sessions alone.
      for (const held of after) expect(held.records).toBeLessThanOrEqual(21)
      expect(after.map((held) => ({ ...held, records: 0 }))).toEqual(
        before.map((held) => ({ ...held, records: 0 })),
      )
      expect(before).toMatchObject([
        { locks: 0, timers: 0 },
        { locks: 0, timers: 0 },
      ])
    },
  )

  test(`holds nothing after ${MANY} applications that came and went`, { timeout: 60_000 }, async () => {
    const world = useWorld({ keeper })
    const [visit] = await openTabs(world, 1)
    if (isCookie(keeper)) await inTime(visit.store.login(credentials(0), { redirect: false }))
    else await inTime(visit.store.setTokens(world.server.grant('ada')))
    visit.app.unmount()

    for (let index = 0; index < MANY; index++) {
      const { app, store } = world.load(visit)
      if (index % 3 === 0) await inTime(store.ready())
      app.unmount()
    }
    await elapse(60_000)

    expect(heldBy(world, visit)).toMatchObject({ locks: 0, listeners: 0, timers: 0 })
    expect(world.reuses).toBe(0)
  })
})
