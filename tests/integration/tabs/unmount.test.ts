import { describe, expect, test, vi } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import { NEWS, ending, inTime, openSignedIn, signIn, useWorld } from '../../support/simulated/use-world.ts'
import type { Keeper, TabWorld, Visit } from '../../support/simulated/world.ts'
import { refreshFates } from '../model/fates.ts'

const keepers: Keeper[] = ['local', 'custom', 'session', 'cookie']

/** What a tab has left in its browser. */
const leftBy = ({ browser }: TabWorld, { tab }: Visit) => ({
  locks: browser.locks.of(tab),
  listeners: tab.listeners,
})

const nothing = { locks: [], listeners: 0 }

/** What may be under way when an application goes. */
const moments: Array<{ when: string; begin(world: TabWorld, visit: Visit): unknown }> = [
  { when: 'at rest', begin: () => undefined },
  { when: 'while a refresh is on its way', begin: (_world, { store }) => store.refresh() },
  {
    when: 'while a refresh waits for another tab',
    begin: (world, { store }) => {
      void ending(world.visits[0]!.store.refresh())
      return elapse(8).then(() => store.refresh())
    },
  },
  {
    when: 'while requests wait for a refresh',
    begin: (world, { http }) => {
      world.server.expire()
      return outcomes([http.get('/a'), http.get('/b')])
    },
  },
  { when: 'after a logout that has not been answered', begin: (_world, { store }) => store.logout() },
  {
    when: 'during a login',
    begin: (_world, { store }) => store.login({ name: 'bob', login: 'let in', user: 'known' }),
  },
  {
    when: 'when it has just been woken',
    begin: (_world, { tab }) => tab.page.dispatchEvent(new Event('pageshow')),
  },
]

describe.each(keepers)('an application that is unmounted (%s)', (keeper) => {
  test.each(moments)('$when leaves nothing behind', async ({ begin }) => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    if (keeper === 'session') await signIn(world, b, 'bob')
    world.network.delays('/auth/refresh', 300)
    world.network.delays('/auth/logout', 300)
    const end = ending(Promise.resolve(begin(world, b)))
    await elapse(12)
    expect(leftBy(world, b)).not.toEqual(nothing)

    b.app.unmount()
    await inTime(end)
    await elapse(2_000)

    expect(leftBy(world, b)).toEqual(nothing)
    a.app.unmount()
    await elapse(NEWS)
    expect(leftBy(world, a)).toEqual(nothing)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('before it knows whether there is a session leaves nothing behind', async () => {
    const world = useWorld({ keeper })
    const visit = world.open()

    visit.app.unmount()
    await elapse(1_000)

    expect(leftBy(world, visit)).toEqual(nothing)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('hears and does nothing any more', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    b.app.unmount()
    const before = world.network.exchanges.length

    b.tab.page.dispatchEvent(new Event('focus'))
    await inTime(a.store.logout())
    await signIn(world, a, 'bob')
    await elapse(60_000)

    expect(world.network.exchanges.slice(before).filter(({ tab }) => tab === b.tab)).toEqual([])
  })
})

test('a session is not over with its application: the next one goes on with it', async () => {
  const world = useWorld()
  const [a] = await openSignedIn(world, 1)
  a.app.unmount()
  await elapse(NEWS)

  const again = world.load(a)
  await elapse(NEWS)

  expect(again.store.accessToken).toBe('AT-1-1')
  expect((await inTime(again.http.get('/a'))).status).toBe(200)
})

test.each(['local', 'session'] as const)(
  'tokens that have just been brought are stored, though the application is unmounted in that moment (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const [a] = await openSignedIn(world, 1)
    void ending(a.store.refresh())
    while (a.store.accessToken === 'AT-1-1') await elapse(1)

    a.app.unmount()
    await elapse(NEWS)
    const again = world.load(a)
    await elapse(NEWS)

    expect(again.store.accessToken).toBe('AT-1-2')
    expect((await inTime(again.http.get('/a'))).status).toBe(200)
    expect(world.reuses).toBe(0)
  },
)

test('the refresh of an application that is gone holds up the other tabs as any other: until its answer may not come any more', async () => {
  const world = useWorld()
  const [a, b] = await openSignedIn(world, 2)
  world.network.meets('/auth/refresh', refreshFates['never answered'])
  void ending(a.store.refresh())
  await elapse(50)

  a.app.unmount()
  expect(await inTime(ending(b.store.refresh()))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
  expect(world.network.to('/auth/refresh'), 'the token may be spent').toHaveLength(1)
  await elapse(21_000)

  expect(world.network.to('/auth/refresh').map(({ tab }) => tab.number)).toEqual([1, 2])
  expect(b.store.accessToken).toBe('AT-1-2')
})
