import { describe, expect, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import {
  NEWS,
  ending,
  inTime,
  openAt,
  openSignedIn,
  signIn,
  useWorld,
} from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'

/** Every token in the storage of all tabs. */
const tokensIn = ({ browser }: TabWorld) =>
  [...browser.localStorage.content.values()].join().match(/[AR]T-\d+-\d+/g)

const wakeUps = ['visibilitychange', 'pageshow', 'focus', 'online']

describe.each(['local', 'custom', 'cookie'] as const)(
  'a tab that slept, and heard nothing (%s)',
  (keeper) => {
    test.each(wakeUps)('adopts on `%s` that somebody has signed out', async (type) => {
      const world = useWorld({ keeper })
      const a = await openAt(world, '/open')
      await signIn(world, a)
      const b = await openAt(world, '/secret')
      b.tab.suspend({ losesNews: true })
      await inTime(a.store.logout())
      await elapse(60_000)

      b.tab.resume()
      b.tab.page.dispatchEvent(new Event(type))
      await elapse(NEWS)

      expect(b.store.status).toBe('anonymous')
      expect(b.at()).toBe('/login?redirect=/secret')
    })

    test.each(wakeUps)('adopts on `%s` that somebody else has signed in', async (type) => {
      const world = useWorld({ keeper })
      const backend = httpBackend({ user: '/auth/me', cookie: keeper === 'cookie' })
      const [a, b] = await openSignedIn(world, 2, { backend })
      b.tab.suspend({ losesNews: true })
      await inTime(a.store.logout())
      await signIn(world, a, 'bob')

      b.tab.resume()
      b.tab.page.dispatchEvent(new Event(type))
      await elapse(NEWS)

      expect(b.store.user).toEqual({ grant: 2 })
    })

    test('notices that somebody else has signed in before it sends anything', async () => {
      const world = useWorld({ keeper })
      const backend = httpBackend({ user: '/auth/me', cookie: keeper === 'cookie' })
      const [a, b] = await openSignedIn(world, 2, { backend })
      b.tab.suspend({ losesNews: true })
      await inTime(a.store.logout())
      await signIn(world, a, 'bob')
      const before = world.network.exchanges.length

      b.tab.resume()
      b.tab.page.dispatchEvent(new Event('pageshow'))
      await inTime(ending(b.http.get('/b')))
      await elapse(1_000)

      const sent = world.network.exchanges.slice(before).filter(({ tab }) => tab === b.tab)
      expect(sent.map(({ access, refresh }) => access ?? refresh ?? '')).not.toContainEqual(
        expect.stringMatching(/^[AR]T-1-/),
      )
      expect(b.store.user).toEqual({ grant: 2 })
    })

    test('refreshes nothing that serves another session', async () => {
      const world = useWorld({ keeper })
      const backend = httpBackend({ user: '/auth/me', cookie: keeper === 'cookie' })
      const [a, b] = await openSignedIn(world, 2, { backend })
      b.tab.suspend({ losesNews: true })
      await inTime(a.store.logout())
      await signIn(world, a, 'bob')
      b.tab.resume()

      // Nothing has told it that it slept.
      await inTime(ending(b.store.refresh()))
      await elapse(1_000)

      expect(b.store.user, 'never the tokens of one and the user of another').toEqual({ grant: 2 })
      expect(world.server.ownerOf(b.store.accessToken ?? '')?.id).toBe(2)
    })
  },
)

describe('a tab that slept (local)', () => {
  test('notices a logout and a login before it sends anything, though nothing has told it that it slept', async () => {
    const world = useWorld()
    const [a, b] = await openSignedIn(world, 2)
    b.tab.suspend({ losesNews: true })
    await inTime(a.store.logout())
    await signIn(world, a, 'bob')

    b.tab.resume()
    const mistaken = await inTime(ending(b.http.get('/b')))
    await inTime(b.http.get('/b'))

    expect(mistaken, 'it was meant for another session').toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(world.network.to('/b').map(({ access }) => access)).toEqual(['AT-2-1'])
  })

  test('notices a logout before it sends anything', async () => {
    const world = useWorld()
    const [a, b] = await openSignedIn(world, 2)
    b.tab.suspend({ losesNews: true })
    await inTime(a.store.logout())
    await elapse(NEWS)

    b.tab.resume()
    const mistaken = await inTime(ending(b.http.get('/b')))

    expect(mistaken).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(world.network.to('/b')).toEqual([])
    expect(b.store.status).toBe('anonymous')
  })

  test('goes on with tokens that were refreshed meanwhile, also many times', async () => {
    const world = useWorld()
    const [a, b] = await openSignedIn(world, 2)
    b.tab.suspend({ losesNews: true })
    for (let round = 0; round < 5; round++) await inTime(a.store.refresh())
    await elapse(NEWS)

    b.tab.resume()
    await inTime(b.http.get('/b'))

    expect(world.network.to('/b').map(({ access }) => access)).toEqual(['AT-1-6'])
  })

  test('hears of everything it missed where the browser has kept it, in order', async () => {
    const world = useWorld()
    const [a, b] = await openSignedIn(world, 2)
    b.tab.suspend()
    await inTime(a.store.refresh())
    await inTime(a.store.logout())
    await signIn(world, a, 'bob')

    b.tab.resume()
    await elapse(NEWS)

    expect(b.store.accessToken).toBe('AT-2-1')
  })
})

describe('tabs in the background', () => {
  test.each(wakeUps)(
    'refresh nothing by themselves, and on `%s` nothing either as long as nobody asks',
    async (type) => {
      const world = useWorld({ lifetime: 60 })
      const tabs = await openSignedIn(world, 3)
      const before = world.network.exchanges.length
      await elapse(60 * 60_000)

      for (const { tab } of tabs) tab.page.dispatchEvent(new Event(type))
      await elapse(60 * 60_000)

      expect(world.network.exchanges).toHaveLength(before)
    },
  )
})

describe.each(['local', 'custom'] as const)('42. where the visitor clears the site data (%s)', (keeper) => {
  test('every tab is signed out with its next look, and no refresh writes the session back', async () => {
    const world = useWorld({ keeper, lifetime: 60 })
    const tabs = await openSignedIn(world, 3)
    await elapse(59_000)

    tabs[0].localStorage.clear()
    await elapse(NEWS)
    for (const { tab } of tabs) tab.page.dispatchEvent(new Event('focus'))
    await elapse(NEWS)

    expect(tabs.map(({ store }) => store.status)).toEqual(['anonymous', 'anonymous', 'anonymous'])
    await inTime(outcomes(tabs.map(({ http }) => http.get('/a'))))
    expect(world.network.to('/a').map(({ access }) => access)).toEqual([null, null, null])
    await elapse(60 * 60_000)
    expect(tokensIn(world)).toBeNull()
  })

  test('no refresh writes the session back, though nobody has told any tab', async () => {
    const world = useWorld({ keeper, lifetime: 60, storage: { isMute: true } })
    const tabs = await openSignedIn(world, 1)
    await elapse(61_000)

    tabs[0].localStorage.clear()
    await elapse(NEWS)
    await inTime(ending(tabs[0].http.get('/a')))
    await elapse(60_000)

    expect(tabs[0].store.status).toBe('anonymous')
    expect(world.network.to('/auth/refresh')).toEqual([])
    expect(tokensIn(world)).toBeNull()
  })
})
