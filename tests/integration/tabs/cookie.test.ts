import { describe, expect, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import { NEWS, ending, inTime, openSignedIn, openTabs, useWorld } from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'
import { refreshFates } from '../model/fates.ts'

const ada = { name: 'ada', login: 'let in', user: 'known' }

const backend = httpBackend({ cookie: true, user: '/auth/me' })

const refreshesOf = ({ network }: TabWorld) => network.to('/auth/refresh')

describe('tabs whose session is kept in one cookie', () => {
  test.each([2, 5])(
    'refresh one after another where all %i need it at once, and nobody loses a request',
    async (count) => {
      const world = useWorld({ keeper: 'cookie' })
      const ends: string[] = []
      const tabs = await openSignedIn(world, count, { onSessionEnd: (reason) => void ends.push(reason) })
      await elapse(1_000) // each asks for a token of its own, one after another

      for (let round = 0; round < 5; round++) {
        const before = refreshesOf(world).length
        world.server.expire()
        const { errors } = await inTime(
          outcomes(tabs.flatMap(({ http }) => [http.get('/a'), http.get('/b')])),
        )

        expect(errors).toEqual([])
        const sent = refreshesOf(world).slice(before)
        expect(sent.map(({ tab }) => tab.number).toSorted()).toEqual(tabs.map(({ tab }) => tab.number))
        expect(new Set(sent.map(({ refresh }) => refresh)).size).toBe(count)
      }
      expect(world.reuses).toBe(0)
      expect(ends).toEqual([])
    },
  )

  test('lose no request where a login was followed by a reload, as an application does that goes to its start', async () => {
    const world = useWorld({ keeper: 'cookie', latency: (kind) => (kind === 'messages' ? 30 : 5) })
    const [a, b] = await openTabs(world, 2)
    await inTime(a.store.login(ada))
    a.app.unmount()
    const again = world.load(a)
    await elapse(1_000)

    for (let round = 0; round < 3; round++) {
      world.server.expire()
      const { errors } = await inTime(outcomes([b.http.get('/b'), again.http.get('/a')]))
      expect(errors).toEqual([])
    }
  })

  test('do not notice the refresh of another tab', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a, b] = await openSignedIn(world, 2, { backend })
    const { accessToken } = b.store
    const before = world.network.exchanges.length
    const statuses = new Set<string>()
    b.store.$subscribe((_mutation, { status }) => void statuses.add(status), { flush: 'sync' })

    await inTime(a.store.refresh())
    await elapse(60_000)

    expect(b.store.accessToken).toBe(accessToken)
    expect([...statuses]).toEqual([])
    expect(world.network.exchanges.slice(before).map(({ tab, path }) => [tab.number, path])).toEqual([
      [1, '/auth/refresh'],
    ])
  })

  test('resume one after another where all are opened at once, as a browser does that is started again', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [first] = await openSignedIn(world, 2, { backend })
    world.close(first)
    const before = refreshesOf(world).length

    const tabs = await openTabs(world, 4, { backend })
    await elapse(1_000)

    expect(tabs.map(({ store }) => store.user)).toEqual(tabs.map(() => ({ grant: 1 })))
    expect(refreshesOf(world)).toHaveLength(before + 4)
    expect(world.reuses).toBe(0)
  })

  test('keep no token in a storage', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a] = await openSignedIn(world, 2)
    await inTime(a.store.refresh())

    const kept = [...world.browser.localStorage.content.values()].join()
    expect(kept, 'tabs agree on which session there is').toContain('generation')
    expect(kept).not.toMatch(/[AR]T-/)
    expect(a.sessionStorage.items.size).toBe(0)
  })

  test('sign in behind the refresh of another tab, so that the cookie of the login is the last', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a, b] = await openSignedIn(world, 2, { backend })
    const before = refreshesOf(world).length
    world.network.delays('/auth/refresh', 300)
    void ending(b.store.refresh())
    while (refreshesOf(world).length === before) await elapse(1)

    await inTime(a.store.login({ ...ada, name: 'bob' }))
    await elapse(1_000)

    expect(world.server.ownerOf(world.cookies?.refresh ?? '')?.name).toBe('bob')
    expect([a, b].map(({ store }) => store.user)).toEqual([{ grant: 2 }, { grant: 2 }])
  })

  test('sign in all the same where another tab hangs, once a refresh would have ended', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a] = await openTabs(world, 2)
    const b = world.open({ refreshTimeout: 60 * 60_000 })
    await elapse(NEWS)
    world.network.meets('/auth/refresh', refreshFates['never answered'])
    void ending(b.store.login({ ...ada, name: 'bob' }))
    await elapse(NEWS)
    void ending(b.store.refresh())
    await elapse(NEWS)

    await inTime(a.store.login(ada))

    expect(a.store.isAuthenticated).toBe(true)
  })

  test('are signed out for good by a logout, whatever is on its way', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a, b, c] = await openSignedIn(world, 3)
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    void ending(Promise.all([b.http.get('/b'), c!.http.get('/c')]))
    await elapse(50)

    void a.store.logout()
    await elapse(5_000)

    expect(world.cookies?.refresh).toBeNull()
    expect([a, b, c!].map(({ store }) => store.status)).toEqual(['anonymous', 'anonymous', 'anonymous'])
    const [next] = await openTabs(world, 1)
    expect(next.store.status).toBe('anonymous')
  })
})
