import { describe, expect, test } from 'vitest'
import { type AuthAxiosOptions, type AuthStore, httpBackend } from '../../../src/index.ts'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
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
import type { Keeper, TabWorld } from '../../support/simulated/world.ts'
import { refreshFates } from '../model/fates.ts'

const bob = { name: 'bob', login: 'let in', user: 'known' }

/** A backend that knows users, for the place in which a session is kept. */
const withUser = (keeper: Keeper): AuthAxiosOptions => ({
  backend: httpBackend({ user: '/auth/me', cookie: keeper === 'cookie' }),
})

const refreshesOf = ({ network }: TabWorld) => network.to('/auth/refresh')

/** Lets time pass until so many refreshes have left. */
async function sent(world: TabWorld, count = 1): Promise<void> {
  while (refreshesOf(world).length < count) await elapse(1)
}

/** Every token that a browser keeps, anywhere. */
const kept = ({ browser, cookies }: TabWorld) =>
  [...browser.localStorage.content.values(), cookies?.refresh ?? '']
    .join()
    .match(/[AR]T-\d+-\d+/g)
    ?.join() ?? ''

const statuses = (...stores: AuthStore[]) => stores.map(({ status }) => status)

describe.each(['local', 'custom', 'cookie'] as const)('with a session that all tabs share (%s)', (keeper) => {
  test('35. a login in one tab signs every other tab in: its store, its user, its requests and its route', async () => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/login', withUser(keeper))
    const b = await openAt(world, '/secret/1', withUser(keeper))
    const c = await openAt(world, '/public', withUser(keeper))
    expect(b.at()).toBe('/login?redirect=/secret/1')

    await inTime(a.store.login({ ...bob, name: 'ada' }))
    // With a cookie the tabs ask for tokens of their own, one after another.
    await elapse(keeper === 'cookie' ? 5 * NEWS : NEWS)

    expect(statuses(a.store, b.store, c.store)).toEqual(['authenticated', 'authenticated', 'authenticated'])
    expect([a, b, c].map(({ store }) => store.user)).toEqual([{ grant: 1 }, { grant: 1 }, { grant: 1 }])
    expect([a.at(), b.at(), c.at()]).toEqual(['/', '/secret/1', '/public'])
    expect((await inTime(b.http.get('/b'))).status).toBe(200)
  })

  test('a logout in one tab signs every other tab out: its store and its route', async () => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/open', withUser(keeper))
    await signIn(world, a)
    const b = await openAt(world, '/secret/1', withUser(keeper))
    const c = await openAt(world, '/public', withUser(keeper))
    expect(b.at()).toBe('/secret/1')

    void a.store.logout()
    await elapse(NEWS)

    expect(statuses(a.store, b.store, c.store)).toEqual(['anonymous', 'anonymous', 'anonymous'])
    expect([b.store.user, c.store.user]).toEqual([null, null])
    // Who signs out by intent has nothing to come back to; a tab that follows has.
    expect([a.at(), b.at(), c.at()]).toEqual(['/login', '/login?redirect=/secret/1', '/public'])
    expect(kept(world)).toBe('')
    expect(world.network.to('/auth/logout')).toHaveLength(1)
  })

  test('34. a logout in one tab ends the refresh of another: its requests, its result and its route', async () => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/open')
    await signIn(world, a)
    const b = await openAt(world, '/secret')
    const before = refreshesOf(world).length
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    const waiting = times3(() => ending(b.http.get('/b')))
    await sent(world, before + 1)

    void a.store.logout()
    const errors = await inTime(Promise.all(waiting))
    await elapse(NEWS)

    expect(errors).toEqual(times3(() => expect.objectContaining({ code: 'ERR_AUTH_SESSION_CHANGED' })))
    expect(statuses(a.store, b.store)).toEqual(['anonymous', 'anonymous'])
    expect(b.at()).toBe('/login?redirect=/secret')
    // What is not in the record itself can be taken back once the refresh that may still write it is over.
    if (keeper === 'local') expect(kept(world)).toBe('')
    await elapse(60_000)
    expect(
      refreshesOf(world)
        .slice(before)
        .filter(({ refresh }) => refresh),
      'nobody refreshes any more',
    ).toHaveLength(1)
    expect(kept(world)).toBe('')
  })

  test("34. the tokens that another tab's refresh still brings after a logout are handed back to the server", async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    const before = refreshesOf(world).length
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    void ending(b.http.get('/b'))
    await sent(world, before + 1)

    void a.store.logout()
    await elapse(1_000)

    const told = world.network.to('/auth/logout').map(({ refresh }) => refresh)
    expect(told).toContain(world.server.ownerOf('RT-1-1')?.refresh)
    expect(world.server.ownerOf('RT-1-1')?.spent.size, 'the refresh was made').toBeGreaterThan(0)
  })

  test('a logout in a tab that is closed at once outlives the refresh of another tab', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    const before = refreshesOf(world).length
    world.server.expire()
    void ending(b.http.get('/b'))
    await sent(world, before + 1)
    await elapse(7)

    void a.store.logout()
    await elapse(1)
    world.close(a)
    await elapse(1_000)

    expect(b.store.status).toBe('anonymous')
    const next = world.open()
    await elapse(1_000)
    expect(next.store.status).toBe('anonymous')
  })

  test('a login in one tab wins over the refresh of another', async () => {
    const world = useWorld({ keeper })
    const [a, b, c] = await openSignedIn(world, 3, withUser(keeper))
    const before = refreshesOf(world).length
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    const lost = ending(b.http.get('/b'))
    await sent(world, before + 1)

    await inTime(a.store.login(bob))
    await elapse(1_000)

    // Where one cookie serves all, the login waits until the refresh can no longer touch it.
    if (keeper !== 'cookie') expect(await lost).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect([a, b, c!].map(({ store }) => store.user)).toEqual([{ grant: 2 }, { grant: 2 }, { grant: 2 }])
    expect(kept(world)).toMatch(/RT-2-/)
    expect(kept(world)).not.toMatch(/[AR]T-1-/)
    const { errors } = await inTime(outcomes([a, b, c!].map(({ http }) => http.get('/again'))))
    expect(errors).toEqual([])
    const tokens = world.network.to('/again').map(({ access }) => access?.slice(0, 4))
    expect(new Set(tokens)).toEqual(new Set(['AT-2']))
  })

  test('a logout and a login by another tab, while nobody looks, leave nothing of the first session', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2, withUser(keeper))

    await inTime(a.store.logout())
    await inTime(a.store.login(bob))
    await elapse(NEWS)

    expect(b.store.user).toEqual({ grant: 2 })
    await inTime(b.http.get('/b'))
    expect(world.network.to('/b').map(({ access }) => access?.slice(0, 4))).toEqual(['AT-2'])
  })

  test('an expiry in one tab reaches every other one', async () => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/secret')
    await signIn(world, a)
    const b = await openAt(world, '/secret/1')
    const c = await openAt(world, '/public')
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['400'])

    const lost = await inTime(ending(a.http.get('/a')))
    await elapse(NEWS)

    expect(lost).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(statuses(a.store, b.store, c.store)).toEqual(['expired', 'expired', 'expired'])
    expect([a.at(), b.at(), c.at()]).toEqual([
      '/login?redirect=/secret',
      '/login?redirect=/secret/1',
      '/public',
    ])
  })

  test('onSessionEnd is called once in every tab, with the reason', async () => {
    const world = useWorld({ keeper })
    const ends: string[] = []
    const [a, b] = await openTabs(world, 2, { onSessionEnd: (reason) => void ends.push(reason) })
    await signIn(world, a)
    void a.store.logout()
    await elapse(NEWS)
    expect(ends).toEqual(['logout', 'logout'])

    await signIn(world, b)
    await signIn(world, a)
    world.network.meets('/auth/refresh', refreshFates['400'])
    await inTime(ending(b.store.refresh()))
    await elapse(NEWS)

    expect(ends).toEqual(['logout', 'logout', 'replaced', 'replaced', 'expired', 'expired'])
  })
})

describe.each(['local', 'custom'] as const)('with tokens that all tabs share (%s)', (keeper) => {
  test('a login replaces the session of every tab, and no request is sent again under another', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2, withUser(keeper))
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['503 for 2 s'])
    const before = refreshesOf(world).length
    const lost = ending(b.http.get('/pay', { params: { amount: 7 } }))
    await sent(world, before + 1)

    await inTime(a.store.login(bob))
    await elapse(10_000)

    expect(await lost).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(world.network.to('/pay')).toHaveLength(1)
    expect(b.store.user).toEqual({ grant: 2 })
  })

  test('requests that wait in one tab go on with the tokens of another', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['503 for 2 s'])
    const waiting = outcomes([a.http.get('/a'), a.http.get('/a')])
    await sent(world)
    const since = Date.now()

    await inTime(a.store.setTokens(world.server.grant('bob')))
    const { errors } = await inTime(waiting)
    await elapse(NEWS)

    expect(errors).toHaveLength(2)
    expect(Date.now() - since).toBeLessThan(1_000)
    expect(b.store.accessToken).toBe('AT-2-1')
  })

  test('setTokens() in one tab wins over the refresh of another, which is not written', async () => {
    const world = useWorld({ keeper })
    const [a, b, c] = await openSignedIn(world, 3)
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    const lost = ending(b.http.get('/b'))
    await sent(world)

    await inTime(a.store.setTokens(world.server.grant('bob')))
    await elapse(1_000)

    expect(await lost).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect([a, b, c!].map(({ store }) => store.accessToken)).toEqual(['AT-2-1', 'AT-2-1', 'AT-2-1'])
    expect(kept(world)).toMatch(/RT-2-1/)
    expect(kept(world)).not.toMatch(/RT-1-/)
  })

  test('setTokens() in two tabs at once leaves one session, the same in every tab', async () => {
    const world = useWorld({ keeper })
    const tabs = await openTabs(world, 3)
    const [a, b] = tabs

    void a.store.setTokens(world.server.grant('ada'))
    void b.store.setTokens(world.server.grant('bob'))
    await elapse(1_000)

    const winners = new Set(tabs.map(({ store }) => store.accessToken))
    expect(winners.size).toBe(1)
    const [winner] = winners
    expect(winner).toMatch(/AT-[12]-1/)
    expect(kept(world)).toContain(winner)
  })

  test('a login with `remember: false` takes the place of the session of all tabs, and is of its tab alone', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)

    await inTime(a.store.login(bob, { remember: false }))
    await elapse(1_000)

    expect(a.store.accessToken).toBe('AT-2-1')
    expect(b.store.status).toBe('anonymous')
    expect(kept(world)).toBe('')
    await inTime(a.http.get('/a'))
    expect(world.network.to('/a').map(({ access }) => access)).toEqual(['AT-2-1'])
  })
})

const times3 = <T>(make: () => T): T[] => [make(), make(), make()]
