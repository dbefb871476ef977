import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import type { Latency, Traffic } from '../../support/simulated/latency.ts'
import {
  NEWS,
  ending,
  inTime,
  openAt,
  openSignedIn,
  openTabs,
  signIn,
  useWorld,
} from '../../support/simulated/use-world.ts'
import type { TabWorld, Visit } from '../../support/simulated/world.ts'

/** What holds the tokens that all tabs share, as it is in the end. */
const recordOf = ({ browser }: TabWorld) => browser.localStorage.content.get('vue-auth-axios:authAxios') ?? ''

/** Every token in the storage of all tabs. */
const tokensIn = ({ browser }: TabWorld) =>
  [...browser.localStorage.content.values()].join().match(/[AR]T-\d+-\d+/g)

const tokensOf = (...visits: Visit[]) => visits.map(({ store }) => store.accessToken)

describe.each(['local', 'custom'] as const)('a tab that has heard of an end (%s)', (keeper) => {
  test.each(['that session', 'an earlier one'])(
    'does not take %s back from a storage that shows it once more',
    async (which) => {
      const world = useWorld({ keeper })
      const [a, b] = await openSignedIn(world, 2)
      const earlier = recordOf(world)
      await signIn(world, a, 'bob')
      const late = which === 'that session' ? recordOf(world) : earlier
      await inTime(a.store.logout())
      await elapse(2_000)

      // A tab that has heard of nothing, such as one of an older release, writes what it still has.
      world.browser.open().localStorage.setItem('vue-auth-axios:authAxios', late)
      await elapse(NEWS)
      for (const { tab } of [a, b]) tab.page.dispatchEvent(new Event('focus'))
      await elapse(2_000)

      expect([a, b].map(({ store }) => store.status)).toEqual(['anonymous', 'anonymous'])
      await inTime(ending(b.http.get('/b')))
      expect(world.network.to('/b').map(({ access }) => access)).toEqual([null])
      const c = world.open()
      await elapse(2_000)
      expect(c.store.status).toBe('anonymous')
      expect(tokensIn(world)).toBeNull()
    },
  )

  test('puts the session that began later back, where the storage shows an earlier one once more', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    const earlier = recordOf(world)
    await signIn(world, a, 'bob')

    world.browser.open().localStorage.setItem('vue-auth-axios:authAxios', earlier)
    await elapse(NEWS)
    b.tab.page.dispatchEvent(new Event('focus'))
    await elapse(2_000)

    expect(tokensOf(a, b)).toEqual(['AT-2-1', 'AT-2-1'])
    // A storage of one's own has no news: it is put right by whoever writes to it next.
    if (keeper === 'custom') await inTime(b.store.refresh())
    const { accessToken } = b.store
    const c = world.open()
    await elapse(NEWS)
    expect(c.store.accessToken).toBe(accessToken)
    expect(recordOf(world)).toContain('RT-2-')
  })

  test('lets a session in that begins later', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    await inTime(a.store.logout())
    await elapse(NEWS)

    await signIn(world, b, 'bob')

    expect(tokensOf(a, b)).toEqual(['AT-2-1', 'AT-2-1'])
  })
})

test('a storage of the application that still shows a session after its end brings nobody in, and is put right', async () => {
  const world = useWorld({ keeper: 'custom' })
  const [a] = await openSignedIn(world, 1)
  const late = recordOf(world)
  await inTime(a.store.logout())
  await elapse(2_000)
  world.browser.localStorage.content.set('vue-auth-axios:authAxios', late)

  const next = world.open()
  await elapse(2_000)

  expect(next.store.status).toBe('anonymous')
  expect(tokensIn(world)).toBeNull()
})

/** Every order in which news of the three kinds can come. */
const orders: Array<[first: Traffic, second: Traffic, third: Traffic]> = [
  ['storage', 'locks', 'messages'],
  ['storage', 'messages', 'locks'],
  ['locks', 'storage', 'messages'],
  ['locks', 'messages', 'storage'],
  ['messages', 'storage', 'locks'],
  ['messages', 'locks', 'storage'],
]

const arrivingIn = (order: readonly Traffic[]): Latency => {
  const delays = [1, 15, 40]
  return (kind) => delays[order.indexOf(kind)] ?? 5
}

describe.each(['local', 'custom'] as const)('of two sessions that begin in two tabs (%s)', (keeper) => {
  describe.each(orders)('where news arrives by %s, %s and %s', (...order) => {
    test.each([1, 10, 30, 70])('the one that begins %i ms later is that of every tab', async (gap) => {
      const world = useWorld({ keeper, latency: arrivingIn(order) })
      const tabs = await openTabs(world, 4)
      await elapse(1_000)
      const [a, b] = tabs

      void a.store.setTokens(world.server.grant('ada'))
      await elapse(gap)
      void b.store.setTokens(world.server.grant('bob'))
      await elapse(5_000)

      expect(tokensOf(...tabs)).toEqual(tabs.map(() => 'AT-2-1'))
      expect(recordOf(world)).toContain('RT-2-1')
    })

    test.each([1, 10, 30, 70])(
      'every tab and the storage agree where the earlier one is signed out %i ms after the later one began',
      async (gap) => {
        const world = useWorld({ keeper, latency: arrivingIn(order) })
        const tabs = await openSignedIn(world, 3)
        await elapse(1_000)
        const [a, b] = tabs

        void b.store.setTokens(world.server.grant('bob'))
        await elapse(gap)
        if (a.store.accessToken === 'AT-1-1') void ending(a.store.logout())
        await elapse(5_000)

        const [one, ...others] = new Set(tokensOf(...tabs))
        expect(others).toEqual([])
        expect([null, 'AT-2-1']).toContain(one)
        expect(JSON.parse(recordOf(world) || '{}').tokens?.accessToken ?? null).toBe(one)
      },
    )
  })
})

describe('a login in one tab where all live on one cookie', () => {
  test.each(['pageshow', 'focus'])('is seen on `%s` by a tab that slept through it', async (type) => {
    const world = useWorld({ keeper: 'cookie' })
    const a = world.open()
    const b = await openAt(world, '/secret')
    expect([b.store.status, b.at()]).toEqual(['anonymous', '/login?redirect=/secret'])
    b.tab.suspend({ losesNews: true })
    await signIn(world, a)
    await elapse(60_000)

    b.tab.resume()
    b.tab.page.dispatchEvent(new Event(type))
    await elapse(NEWS)

    expect([b.store.status, b.at()]).toEqual(['authenticated', '/secret'])
    expect(world.server.ownerOf(b.store.accessToken ?? '')?.name).toBe('ada')
    expect(b.store.accessToken, 'each tab has a token of its own').not.toBe(a.store.accessToken)
  })

  test('is asked for once by a tab that hears of it in several ways', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a, b] = await openTabs(world, 2)
    const before = world.network.to('/auth/refresh').length

    await signIn(world, a)
    for (const type of ['focus', 'pageshow', 'visibilitychange']) {
      b.tab.page.dispatchEvent(new Event(type))
      await elapse(NEWS)
    }

    const asked = world.network.to('/auth/refresh').slice(before)
    expect(asked.map(({ tab }) => tab.number)).toEqual([2])
  })
})

describe('a storage that does not show what another tab has written', () => {
  /** Two tabs with a session, each of which has a storage of its own. */
  async function openDivided(world: TabWorld) {
    const storages = [new MemoryStorage(), new MemoryStorage()] as const
    const a = world.open({ storage: storages[0] })
    await signIn(world, a)
    storages[1].entries.set(
      'vue-auth-axios:authAxios',
      storages[0].entries.get('vue-auth-axios:authAxios') ?? '',
    )
    const b = world.open({ storage: storages[1] })
    await elapse(2_000)
    expect(tokensOf(a, b)).toEqual(['AT-1-1', 'AT-1-1'])
    return { a, b, storages }
  }

  test('lets no tab send a refresh token that has been replaced: its refresh fails, and the session is kept', async () => {
    const world = useWorld({ keeper: 'custom' })
    const { a, b } = await openDivided(world)
    await inTime(a.store.refresh())
    const since = world.network.exchanges.length

    const error = await inTime(ending(b.store.refresh()))

    expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(String((error as Error).cause)).toMatch(/Is the storage one for all tabs\?/)
    expect(world.network.exchanges.slice(since)).toEqual([])
    expect(b.store).toMatchObject({ status: 'authenticated', accessToken: 'AT-1-1' })
    expect(world.reuses).toBe(0)
  })

  test('holds a refresh up for a second at the most', async () => {
    const world = useWorld({ keeper: 'custom' })
    const { a, b } = await openDivided(world)
    await inTime(a.store.refresh())
    await elapse(5_000)
    const since = Date.now()

    await inTime(ending(b.store.refresh()))

    expect(Date.now() - since).toBeLessThan(2_000)
  })

  test('is no longer in the way once it does: the next refresh goes on with the newer tokens', async () => {
    const world = useWorld({ keeper: 'custom' })
    const { a, b, storages } = await openDivided(world)
    await inTime(a.store.refresh())
    await inTime(ending(b.store.refresh()))

    storages[1].entries.set(
      'vue-auth-axios:authAxios',
      storages[0].entries.get('vue-auth-axios:authAxios') ?? '',
    )
    const tokens = await inTime(b.store.refresh())

    expect(tokens?.accessToken).toBe('AT-1-2')
    expect(world.network.to('/auth/refresh')).toHaveLength(1)
  })
})
