import { describe, expect, test } from 'vitest'
import { elapse, uptime } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import type { Latency } from '../../support/simulated/latency.ts'
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
import { refreshFates } from '../model/fates.ts'

/** A storage that is always behind the locks and the messages, as Chromium's now and then is. */
const lateStorage: Latency = (kind) => (kind === 'storage' ? 30 : 2)

/** Lets time pass until a refresh has left its tab. */
async function sent(world: TabWorld): Promise<void> {
  while (refreshesOf(world).length === 0) await elapse(1)
}

const refreshesOf = ({ network }: TabWorld) => network.to('/auth/refresh')

/** The tokens that are kept in a storage which all tabs share. */
const kept = ({ browser }: TabWorld) =>
  JSON.parse(browser.localStorage.content.get('vue-auth-axios:authAxios') ?? '{}').tokens

describe.each(['local', 'custom'] as const)('with a session in a shared storage (%s)', (keeper) => {
  test.each([2, 5])(
    '30. %i tabs whose tokens died together send one refresh, and all succeed',
    async (count) => {
      const world = useWorld({ keeper, latency: lateStorage })
      const tabs = await openSignedIn(world, count)

      for (let round = 1; round <= 5; round++) {
        world.server.expire()
        const { errors } = await inTime(
          outcomes(tabs.flatMap(({ http }) => [http.get('/a'), http.get('/b')])),
        )

        expect(errors).toEqual([])
        expect(refreshesOf(world)).toHaveLength(round)
      }
      expect(world.reuses).toBe(0)
      expect(tabs.map(({ store }) => store.accessToken)).toEqual(tabs.map(() => 'AT-1-6'))
      expect(kept(world)).toMatchObject({ accessToken: 'AT-1-6', refreshToken: 'RT-1-6' })
    },
  )

  test('31. a tab whose token another tab is refreshing sends no refresh, and succeeds with the new one', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.server.expire()

    const first = outcomes([a.http.get('/a')])
    await sent(world)
    const { errors } = await inTime(outcomes([b.http.get('/b')]))

    expect([...(await inTime(first)).errors, ...errors]).toEqual([])
    expect(refreshesOf(world).map(({ tab }) => tab.number)).toEqual([1])
    expect(world.network.to('/b').map(({ access }) => access)).toEqual(['AT-1-1', 'AT-1-2'])
  })

  test('31. a 401 that comes long after another tab has refreshed costs no refresh', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.server.expire()
    b.tab.suspend()
    await inTime(a.http.get('/a'))
    b.tab.resume()

    const { status } = await inTime(b.http.get('/b'))

    expect(status).toBe(200)
    expect(refreshesOf(world)).toHaveLength(1)
  })

  test("refresh() resolves with the tokens of the other tab's refresh", async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)

    const both = await inTime(Promise.all([a.store.refresh(), b.store.refresh()]))

    expect(both.map((tokens) => tokens?.refreshToken)).toEqual(['RT-1-2', 'RT-1-2'])
    expect(refreshesOf(world)).toHaveLength(1)
  })

  test('new tokens reach every tab in no time', async () => {
    const world = useWorld({ keeper })
    const [a, ...others] = await openSignedIn(world, 5)

    await inTime(a.store.refresh())
    await elapse(NEWS)

    expect(others.map(({ store }) => store.accessToken)).toEqual(others.map(() => 'AT-1-2'))
  })

  test('32. where a tab crashes before its refresh arrives, the next tab refreshes', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['never answered'])
    void ending(a.http.get('/a'))
    await sent(world)

    const answer = b.http.get('/b')
    world.close(a)

    expect((await inTime(answer)).status).toBe(200)
    expect(refreshesOf(world).map(({ refresh }) => refresh)).toEqual(['RT-1-1', 'RT-1-1'])
    expect(world.reuses).toBe(0)
  })

  test('32. where a tab crashes after its refresh has arrived, every tab is signed out once', async () => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/secret')
    await signIn(world, a)
    const b = await openAt(world, '/secret/1')
    const c = await openAt(world, '/open')
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['never answered after the rotation'])
    void ending(a.http.get('/a'))
    await sent(world)
    await elapse(20)

    const lost = ending(b.http.get('/b'))
    world.close(a)

    expect(await inTime(lost)).toMatchObject({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })
    await elapse(NEWS)
    expect([b, c].map(({ store }) => store.status)).toEqual(['expired', 'expired'])
    expect([b, c].map(({ at }) => at())).toEqual(['/login?redirect=/secret/1', '/login?redirect=/open'])
    expect(kept(world)).toBeUndefined()
    await elapse(60_000)
    expect(refreshesOf(world)).toHaveLength(2)
  })

  test('33. behind a tab that hangs, a request fails once the wait is over, and the session is kept', async () => {
    const world = useWorld({ keeper })
    const [a] = await openSignedIn(world, 2, { refreshTimeout: 60 * 60_000 })
    const b = world.open()
    await elapse(NEWS)
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['never answered'])
    void ending(a.http.get('/a'))
    await sent(world)
    const since = uptime()
    let waited = 0
    const failed = ending(b.http.get('/b')).finally(() => (waited = uptime() - since))

    const error = await inTime(failed)
    expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(error).not.toHaveProperty('response')
    expect(Math.round(waited / 1_000), 'nobody waits longer than `refreshTimeout`').toBe(10)
    expect(b.store.status).toBe('authenticated')
    expect(kept(world)).toMatchObject({ refreshToken: 'RT-1-1' })
    expect(refreshesOf(world)).toHaveLength(1)
  })

  test('a request behind a tab that hangs can be aborted', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2, { refreshTimeout: 60 * 60_000 })
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['never answered'])
    void ending(a.http.get('/a'))
    await sent(world)
    const controller = new AbortController()
    const failed = ending(b.http.get('/b', { signal: controller.signal }))
    await elapse(1_000)

    controller.abort()

    expect(await failed).toMatchObject({ code: 'ERR_CANCELED' })
  })

  test('a refresh that failed in one tab is made by the next, not lost for it', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.server.expire()
    world.network.meets('/auth/refresh', refreshFates['408'])
    const lost = ending(a.http.get('/a'))
    await sent(world)

    expect((await inTime(b.http.get('/b'))).status).toBe(200)
    expect(await lost).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    await elapse(NEWS)
    expect(a.store.accessToken).toBe('AT-1-2')
  })

  test('tabs at rest refresh nothing, however long they are open', async () => {
    const world = useWorld({ keeper, lifetime: 60 })
    await openSignedIn(world, 3)
    const before = world.network.exchanges.length

    await elapse(24 * 60 * 60_000)

    expect(world.network.exchanges).toHaveLength(before)
  })

  test('tabs that wake together after a night send one refresh', async () => {
    const world = useWorld({ keeper, lifetime: 60 })
    const tabs = await openSignedIn(world, 3)
    await elapse(8 * 60 * 60_000)

    for (const { tab } of tabs) tab.page.dispatchEvent(new Event('focus'))
    const { errors } = await inTime(outcomes(tabs.map(({ http }) => http.get('/a'))))

    expect(errors).toEqual([])
    expect(refreshesOf(world)).toHaveLength(1)
  })
})
