import { describe, expect, test, vi } from 'vitest'
import { expectConsole } from '../../support/expect-console.ts'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import {
  NEWS,
  ending,
  inTime,
  openSignedIn,
  openTabs,
  signIn,
  useWorld,
} from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'
import { refreshFates } from '../model/fates.ts'

/** Every token in the storage of all tabs. */
const tokensIn = ({ browser }: TabWorld) =>
  [...browser.localStorage.content.values()].join().match(/[AR]T-\d+-\d+/g)

describe('36. with storage events that come back to their own tab', () => {
  test('a refresh in one tab is adopted by the others, and goes round no circles', async () => {
    const world = useWorld({ storage: { echoes: true } })
    const writes: string[] = []
    world.onWrite = ({ number }) => void writes.push(`tab ${number}`)
    const [a, b, c] = await openSignedIn(world, 3)
    writes.length = 0

    await inTime(a.store.refresh())
    await elapse(60_000)

    expect([a, b, c!].map(({ store }) => store.accessToken)).toEqual(['AT-1-2', 'AT-1-2', 'AT-1-2'])
    expect(writes).toEqual(['tab 1'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('logins and logouts reach every tab, and nobody takes his own for news', async () => {
    const world = useWorld({ storage: { echoes: true } })
    const ends: string[] = []
    const [a, b] = await openTabs(world, 2, { onSessionEnd: (reason) => void ends.push(reason) })

    await signIn(world, a)
    expect(b.store.accessToken).toBe('AT-1-1')
    await inTime(b.store.logout())
    await elapse(NEWS)
    await signIn(world, b, 'bob')

    expect(a.store.accessToken).toBe('AT-2-1')
    await elapse(60_000)
    expect(ends).toEqual(['logout', 'logout'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('tabs with a storage of the application still send one refresh after another', async () => {
    const world = useWorld({ keeper: 'custom' })
    const a = world.open()
    await elapse(NEWS)
    await signIn(world, a)
    const b = world.open()
    await elapse(NEWS)
    world.server.expire()

    const { errors } = await inTime(outcomes([a.http.get('/a'), b.http.get('/b')]))

    expect(errors).toEqual([])
    expect(world.network.to('/auth/refresh')).toHaveLength(1)
  })
})

describe('37. without Web Locks (plain http)', () => {
  const warning = 'There are no Web Locks here'

  test('everything works in one tab, with one warning', async () => {
    expectConsole('warn', warning)
    const world = useWorld({ locks: 'missing' })
    const tab = world.open()
    await elapse(NEWS)

    await signIn(world, tab)
    for (let round = 0; round < 3; round++) {
      world.server.expire()
      const { errors } = await inTime(outcomes([tab.http.get('/a'), tab.http.get('/b')]))
      expect(errors).toEqual([])
    }
    await inTime(tab.store.logout())

    expect(world.network.to('/auth/refresh')).toHaveLength(3)
    expect(tokensIn(world)).toBeNull()
  })

  test('logins, logouts and new tokens still reach the other tabs', async () => {
    expectConsole('warn', warning)
    const world = useWorld({ locks: 'missing' })
    const [a, b] = await openSignedIn(world, 2)
    expect(b.store.accessToken).toBe('AT-1-1')

    await inTime(a.store.refresh())
    await elapse(NEWS)
    expect(b.store.accessToken).toBe('AT-1-2')

    void b.store.logout()
    await elapse(NEWS)
    expect(a.store.status).toBe('anonymous')
  })

  test('a session that no other tab can see asks for no locks', async () => {
    const world = useWorld({ locks: 'missing' })
    const tab = world.open({ storage: 'memory' })
    await elapse(NEWS)
    await signIn(world, tab)

    expect((await inTime(tab.store.refresh()))?.accessToken).toBe('AT-1-2')
  })
})

test('locks that refuse everything (an opaque origin) are as good as none, with one warning', async () => {
  expectConsole('warn', 'There are no Web Locks here')
  const world = useWorld()
  const page = world.browser.open()
  const refuse = () => Promise.reject(new DOMException('The origin is opaque.', 'SecurityError'))
  const locks = { request: refuse, query: refuse }
  const tab = world.load({ ...page, around: { ...page.around, locks } })
  await elapse(NEWS)
  await signIn(world, tab)

  await inTime(tab.store.refresh())
  await inTime(tab.store.refresh())

  expect(tab.store.accessToken).toBe('AT-1-3')
})

test('an opaque origin without storages, and locks has one tab, in memory, with one warning of each kind', async () => {
  expectConsole('warn', 'localStorage is not available')
  const world = useWorld()
  const page = world.browser.open()
  const storages = {
    get localStorage(): Storage {
      throw new DOMException('The origin is opaque.', 'SecurityError')
    },
    get sessionStorage(): Storage {
      throw new DOMException('The origin is opaque.', 'SecurityError')
    },
  }
  const around = { ...page.around, storages, locks: undefined }
  const tab = world.load({ ...page, around })
  await elapse(NEWS)

  await signIn(world, tab)
  await inTime(tab.store.refresh())

  expect(tab.store.accessToken).toBe('AT-1-2')
  await inTime(tab.store.logout())
  expect(tab.store.status).toBe('anonymous')
})

describe('38. two applications on one origin with different ids', () => {
  test('a refresh of one, however long it takes, does not hold up the other', async () => {
    const world = useWorld()
    const one = world.open({ id: 'one' })
    const other = world.open({ id: 'other' })
    await elapse(NEWS)
    await signIn(world, one)
    await signIn(world, other)
    world.network.meets('/auth/refresh', refreshFates['never answered'])
    void ending(one.store.refresh())
    await elapse(50)

    const since = Date.now()
    await inTime(other.store.refresh())

    expect(Date.now() - since).toBeLessThan(NEWS)
    expect(one.store.isRefreshing).toBe(true)
  })

  test('a login, a logout and an expiry of one leave the other alone', async () => {
    const world = useWorld()
    const ends: string[] = []
    const [a, b] = await openTabs(world, 2, { id: 'one', onSessionEnd: (reason) => void ends.push(reason) })
    const [c, d] = await openTabs(world, 2, {
      id: 'other',
      onSessionEnd: (reason) => void ends.push(`other ${reason}`),
    })
    await signIn(world, a)
    expect([b, c, d].map(({ store }) => store.accessToken)).toEqual(['AT-1-1', null, null])
    await signIn(world, c)
    expect([a, b, d].map(({ store }) => store.accessToken)).toEqual(['AT-1-1', 'AT-1-1', 'AT-2-1'])

    void a.store.logout()
    await elapse(NEWS)
    world.network.meets('/auth/refresh', refreshFates['400'])

    expect([b, c, d].map(({ store }) => store.accessToken)).toEqual([null, 'AT-2-1', 'AT-2-1'])
    await inTime(ending(c.store.refresh()))
    await elapse(NEWS)
    expect(ends).toEqual(['logout', 'logout', 'other expired', 'other expired'])
    expect(a.store.status).toBe('anonymous')
  })

  test('two identities in one tab each have their own locks and news', async () => {
    const world = useWorld()
    const page = world.browser.open()
    const user = world.load(page, { id: 'user' })
    const admin = world.load(page, { id: 'admin' })
    await elapse(NEWS)
    await signIn(world, user)
    await signIn(world, admin)

    const { values } = await inTime(outcomes([user.store.refresh(), admin.store.refresh()]))

    expect(values.map((tokens) => tokens?.accessToken)).toEqual(['AT-1-2', 'AT-2-2'])
    void user.store.logout()
    await elapse(NEWS)
    expect(tokensIn(world)).toEqual(['AT-2-2', 'RT-2-2'])
  })
})

describe('with `crossTab: false`', () => {
  test('a tab takes no locks, listens to nothing and tells nothing', async () => {
    const world = useWorld({ keeper: 'custom' })
    const tab = world.open({ crossTab: false })
    await elapse(NEWS)
    await signIn(world, tab)
    await inTime(tab.store.refresh())

    expect(world.browser.locks.of(tab.tab)).toEqual([])
    expect(tab.tab.listeners).toBe(0)
    expect([...world.browser.localStorage.content.keys()], 'but the tokens').toEqual([
      'vue-auth-axios:authAxios',
    ])
  })

  test('a logout in one tab is not followed by the others', async () => {
    const world = useWorld()
    const [a, b] = await openTabs(world, 2, { crossTab: false })
    await signIn(world, a)
    await signIn(world, b)

    void a.store.logout()
    await elapse(NEWS)

    expect(b.store.status).toBe('authenticated')
  })
})
