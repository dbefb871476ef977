import { describe, expect, test } from 'vitest'
import { BOB, logIn, logOut } from '../support/real-tabs/people.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { Profile } from '../support/real-tabs/profile.ts'
import type { TabSettings } from '../support/real-tabs/protocol.ts'
import type { TabHandle } from '../support/real-tabs/tab-handle.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const tabs = useRealTabs(playgroundReferee)

/** Two tabs of ada; the second one is put to sleep by the test. The first one may have settings of its own. */
async function begin(
  settings: Partial<TabSettings>,
  own?: Partial<TabSettings>,
): Promise<{ here: TabHandle; there: TabHandle; profile: Profile }> {
  const profile = await tabs.visitSleepy({ hasUser: true, ...settings })
  const here = await profile.open('/about', own)
  await logIn(here)
  const there = await profile.open('/secret')
  await there.last('user', 'ada')
  return { here, there, profile }
}

/** What goes over the wire with one of the tokens that were given out before, from now on. */
function watchOldTokens(): () => string[] {
  const { passed, tokens } = tabs.referee.checkpoint
  const old = new Set(tokens)
  const seen = passed.length
  return () => passed.slice(seen).flatMap(({ path, token }) => (token && old.has(token) ? [path] : []))
}

/** Changes hands while nobody else is awake. */
async function becomeBob(here: TabHandle): Promise<() => string[]> {
  await logOut(here)
  const oldTokens = watchOldTokens()
  await logIn(here, BOB)
  await here.last('user', 'bob')
  return oldTokens
}

/** Whether anything runs in a tab: its timers do. */
function startClock(): void {
  Object.assign(window, { ticks: 0 })
  setInterval(() => (window as unknown as { ticks: number }).ticks++, 10)
}

const ticks = (tab: TabHandle) => tab.run(() => (window as unknown as { ticks: number }).ticks)

/** What a page does first when it wakes up. */
const FIRST_THINGS = [
  {
    name: 'with a timer that was due',
    plan: () => void setTimeout(() => void window.tab.get('/auth/me'), 30),
  },
  {
    name: 'as soon as it is told to go on',
    plan: () => document.addEventListener('resume', () => void window.tab.get('/auth/me')),
  },
  {
    name: 'all the time',
    plan: () => void setInterval(() => void window.tab.get('/auth/me'), 15),
  },
]

const PLACES: Array<{ place: string; settings: Partial<TabSettings> }> = [
  { place: 'localStorage', settings: {} },
  { place: 'a storage without events', settings: { storage: 'custom' } },
]

describe.each(PLACES)(
  'a tab that sleeps through a logout and another login, with $place,',
  ({ settings }) => {
    test.each(FIRST_THINGS)(
      'sends nothing of the old session where it asks for something $name',
      async ({ plan }) => {
        const { here, there } = await begin(settings)
        await there.run(startClock)
        await there.freeze()
        const before = await ticks(there)
        await there.run(plan)

        const oldTokens = await becomeBob(here)
        expect(await ticks(there), 'nothing has run meanwhile').toBe(before)
        await there.thaw()

        await there.last('user', 'bob')
        await there.until(() => window.tab.log.some(({ what }) => what === 'answer'))
        expect(oldTokens()).toEqual([])
        expect(await there.run(() => window.tab.accessToken())).toBe(
          await here.run(() => window.tab.accessToken()),
        )
      },
    )
  },
)

describe('a tab that nobody tells of anything', () => {
  test('sees who is signed in when it wakes up, or when somebody looks at it at the latest', async () => {
    const { here, there } = await begin({ storage: 'custom', isDeaf: true })
    await there.freeze()
    const oldTokens = await becomeBob(here)
    await there.thaw()
    await there.lookAt()

    await there.last('user', 'bob')
    expect(await there.get('/auth/me')).toBe('200')
    expect(oldTokens()).toEqual([])
  })
})

describe('a tab that is left for another page, and come back to,', () => {
  test('shows who is signed in by then, whether the browser had kept it or not', async ({ annotate }) => {
    const { here, there } = await begin({})
    await there.run(() => Object.assign(window, { isKept: true }))
    await there.page.goto(`${new URL(there.page.url()).origin}/elsewhere`)

    const oldTokens = await becomeBob(here)
    await there.page.goBack({ waitUntil: 'commit' })

    await there.last('user', 'bob')
    expect(await there.get('/auth/me')).toBe('200')
    expect(oldTokens()).toEqual([])
    await annotate(`kept in the back/forward cache: ${await there.run(() => 'isKept' in window)}`)
    const [entry] = await there.run(() =>
      performance.getEntriesByType('navigation').map((each) => each.toJSON()),
    )
    await annotate(JSON.stringify(entry.notRestoredReasons ?? null))
  })
  test('does not keep the others waiting, where it was left in the middle of a refresh', async ({
    annotate,
  }) => {
    const { here, there } = await begin({})
    await there.run(() => Object.assign(window, { isKept: true }))
    await tabs.referee.expire()
    const { reuses } = tabs.referee
    const hold = tabs.referee.checkpoint.hold('before')
    void there.get().catch(() => {})
    await hold.reached

    await there.page.goto(`${new URL(there.page.url()).origin}/elsewhere`)
    const begun = performance.now()
    expect(await here.get()).toBe('200')
    await annotate(`the others waited for ${Math.round(performance.now() - begun)} ms`)
    hold.release()

    await there.page.goBack({ waitUntil: 'commit' })
    await there.last('status', 'authenticated')
    // The refresh has failed with the page, and what has failed is shared for a second.
    await expect.poll(() => there.get(), { timeout: 5_000 }).toBe('200')
    expect(tabs.referee.reuses - reuses, 'the refresh of the page that was left comes to nothing').toBe(0)
    await annotate(`kept in the back/forward cache: ${await there.run(() => 'isKept' in window)}`)
    const entries = await there.run(() =>
      performance.getEntriesByType('navigation').map((each) => each.toJSON()),
    )
    await annotate(JSON.stringify(entries[0].notRestoredReasons ?? null))
  })
})

describe('a tab that falls asleep in the middle of its refresh', () => {
  test('makes the others wait, and fail without losing the session; nothing is stolen from it', async () => {
    const { here, there } = await begin({}, { refreshTimeout: 800 })
    await tabs.referee.expire()
    const { refreshes, reuses } = tabs.referee
    const hold = tabs.referee.checkpoint.hold('before')
    const answer = there.get()
    await hold.reached
    await there.freeze()

    expect(await here.get()).toBe('ERR_AUTH_REFRESH')
    expect(await here.run(() => window.tab.store.status)).toBe('authenticated')
    expect(tabs.referee.refreshes - refreshes).toBe(0)

    await there.thaw()
    hold.release()
    expect(await answer).toBe('200')
    expect(await here.get()).toBe('200')
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })
})
