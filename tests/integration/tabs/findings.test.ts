import axios from 'axios'
import { createPinia } from 'pinia'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AuthStorage, createAuthAxios, httpBackend } from '../../../src/index.ts'
import { createIn } from '../../../src/plugin.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { elapse, turnClock, uptime } from '../../support/fake-time.ts'
import { outcomes, statuses, times } from '../../support/outcomes.ts'
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

const KEY = 'vue-auth-axios:authAxios'

const storedIn = ({ browser }: TabWorld) => browser.localStorage.content.get(KEY) ?? ''

describe('finding 2: what is no record of ours in its place', () => {
  test('signs nobody out, is told of once, and gives way to the record', async () => {
    const world = useWorld()
    const [a, b] = await openSignedIn(world, 2)

    a.localStorage.setItem(KEY, '{"user":null}')
    await elapse(NEWS)
    const requests = [a.http.get('/a'), b.http.get('/b')]

    expect(statuses(await inTime(Promise.all(requests)))).toEqual([200, 200])
    await elapse(NEWS)
    expect([a.store.status, b.store.status]).toEqual(['authenticated', 'authenticated'])
    expect(storedIn(world)).toContain('AT-1-1')
    expectConsole('error', `Something else was stored as "${KEY}".`)
  })

  test('and a record that is too long to be read again lives on in memory, with one word', async () => {
    const world = useWorld()
    const [a] = await openTabs(world, 1)

    await inTime(a.store.setTokens({ access_token: 'a'.repeat(300 * 1024) }))
    a.tab.page.dispatchEvent(new Event('focus'))
    await elapse(NEWS)

    expect(a.store.isAuthenticated).toBe(true)
    expectConsole('error', 'too long to be stored')
  })
})

test('finding 3: a storage that is full while one tab saves its tokens signs nobody out', async () => {
  const world = useWorld()
  const [a, b] = await openSignedIn(world, 2)
  const { setItem } = Object.getPrototypeOf(a.localStorage)
  a.localStorage.setItem = (key: string, value: string) => {
    if (value.length > 150) throw new DOMException('The disk is full.', 'QuotaExceededError')
    setItem.call(a.localStorage, key, value)
  }

  await inTime(a.store.refresh())
  await elapse(NEWS)
  expect([a.store.accessToken, a.store.status, b.store.status]).toEqual([
    'AT-1-2',
    'authenticated',
    'authenticated',
  ])
  Reflect.deleteProperty(a.localStorage, 'setItem')
  await elapse(1_100)
  a.tab.page.dispatchEvent(new Event('focus'))
  await elapse(NEWS)

  expect(b.store.accessToken).toBe('AT-1-2')
  expect((await inTime(b.http.get('/b'))).status).toBe(200)
  expect(world.reuses).toBe(0)
  expectConsole('error', 'The disk is full.')
})

test.each(['local', 'session', 'custom', 'cookie', 'hidden'] as const)(
  'finding 5: an application that is unmounted during a refresh leaves the new tokens to the next one (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const [a] = await openSignedIn(world, 1)
    world.network.delays('/auth/refresh', 200)
    void ending(a.store.refresh())
    await elapse(50)

    a.app.unmount()
    const next = world.load(a)
    await elapse(1_000)

    expect((await inTime(next.http.get('/a'))).status).toBe(200)
    expect(next.store.isAuthenticated).toBe(true)
    expect(world.reuses).toBe(0)
  },
)

test('finding 6: with `refreshTimeout: Infinity` a refresh is made, and waited for', async () => {
  const world = useWorld()
  const [a] = await openSignedIn(world, 1, { refreshTimeout: Infinity })
  world.network.delays('/auth/refresh', 60 * 60_000)

  await inTime(a.store.refresh(), 2 * 60 * 60_000)

  expect(a.store.accessToken).toBe('AT-1-2')
})

test('finding 7: without Web Locks, a clock that is set back does not end the next login', async () => {
  const world = useWorld({ locks: 'missing' })
  const [a, b] = await openSignedIn(world, 2)
  turnClock(-5_000)

  await signIn(world, a, 'bob')
  await elapse(1_000)
  b.tab.page.dispatchEvent(new Event('focus'))
  await elapse(1_000)

  expect([a.store.accessToken, b.store.accessToken]).toEqual(['AT-2-1', 'AT-2-1'])
})

test.each(['local', 'custom', 'cookie', 'hidden'] as const)(
  'finding 8: a second application in the same window hears of logins, refreshes and logouts (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const [a] = await openTabs(world, 1)
    const beside = world.load(a)
    await elapse(NEWS)

    await signIn(world, a)
    await elapse(NEWS)
    expect(beside.store.sessionId).toBe(a.store.sessionId)
    await inTime(a.store.refresh())
    await elapse(NEWS)
    if (keeper !== 'cookie') expect(beside.store.accessToken).toBe(a.store.accessToken)
    expect((await inTime(beside.http.get('/a'))).status).toBe(200)
    await inTime(beside.store.logout())
    await elapse(NEWS)

    expect([a.store.status, beside.store.status]).toEqual(['anonymous', 'anonymous'])
    expect(world.reuses).toBe(0)
  },
)

test('finding 10: a storage of the application that answers `undefined` for nothing is empty', async () => {
  const items = new Map<string, string>()
  const storage: AuthStorage = {
    getItem: (key) => items.get(key),
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  }
  const world = useWorld({ keeper: 'custom' })
  const [a] = await openTabs(world, 1, { storage })
  expect(a.store.status).toBe('anonymous')
  await signIn(world, a)
  items.clear()
  a.localStorage.clear()

  a.tab.page.dispatchEvent(new Event('focus'))
  await elapse(NEWS)

  expect(a.store.status).toBe('anonymous')
  expect(items.size).toBe(0)
})

test.each(['local', 'custom', 'cookie', 'hidden'] as const)(
  'finding 11: somebody else who signs in in another tab replaces the session, and that is said (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const onSessionEnd = vi.fn()
    const [a, b] = await openSignedIn(world, 2, { onSessionEnd })
    const { sessionId } = a.store

    await signIn(world, b, 'bob')
    await elapse(5 * NEWS)

    expect(a.store.sessionId).toBe(b.store.sessionId)
    expect(a.store.sessionId).not.toBe(sessionId)
    expect(onSessionEnd.mock.calls).toEqual([
      ['replaced', {}],
      ['replaced', {}],
    ])
  },
)

test('finding 12: on a server nothing is resumed: a rendered page has no cookie of its own to spend', async () => {
  const world = useWorld({ keeper: 'cookie' })
  const page = world.browser.open()
  const auth = createIn(undefined, {
    axios: { adapter: world.network.adapter(page.tab), baseURL: 'https://api.test' },
    backend: httpBackend({ cookie: true, user: '/auth/me' }),
  })
  emptyApp().use(createPinia()).use(auth)

  await inTime(auth.useStore().ready())
  await elapse(10_000)

  expect(auth.useStore().status).toBe('anonymous')
  expect(world.network.exchanges).toEqual([])
})

test('finding 13: where the expired token buys the next, a reload asks before it gives the session up', async () => {
  const world = useWorld()
  const refresh = vi.fn(() => ({ access_token: 'next', expires_in: 60 }))
  const [a] = await openTabs(world, 1, { backend: { refresh } })
  await inTime(a.store.setTokens({ access_token: 'first', expires_in: 60 }))
  a.app.unmount()
  await elapse(61_000)

  const again = world.load(a, { backend: { refresh } })
  await elapse(NEWS)

  expect([again.store.status, again.store.accessToken]).toEqual(['authenticated', 'next'])
  expect(refresh).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ accessToken: 'first' }),
    expect.anything(),
  )
})

test('finding 14: the refreshes of two tabs with one cookie take turns', async () => {
  const world = useWorld({ keeper: 'cookie' })
  const [a, b] = await openSignedIn(world, 2)
  let pending = 0
  let most = 0
  world.network.onSent = ({ path }) => {
    if (path === '/auth/refresh') most = Math.max(most, ++pending)
  }
  world.network.onConcluded = ({ path }) => {
    if (path === '/auth/refresh') pending--
  }

  await inTime(Promise.all([a.store.refresh(), b.store.refresh()]))

  expect(most).toBe(1)
  expect(world.reuses).toBe(0)
})

test.each(['local', 'cookie', 'hidden'] as const)(
  'finding 15: a page that is left in the middle of a refresh holds nobody up for two seconds (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const [a, b] = await openSignedIn(world, 2)
    world.network.delays('/auth/refresh', 60_000)
    void ending(a.store.refresh())
    await elapse(50)
    const begun = uptime()
    const waiting = b.store.refresh()
    await elapse(50)

    a.tab.page.dispatchEvent(new Event('pagehide'))
    a.tab.suspend({ losesNews: true })
    await inTime(ending(waiting))

    expect(uptime() - begun).toBeLessThan(2_000)
  },
)

describe('finding 16: an axios instance', () => {
  test.each(['adopted', 'attached'] as const)('belongs to one live application: %s', (how) => {
    const shared = axios.create()
    const make = () => {
      const auth = createAuthAxios(
        how === 'adopted' ? { axios: shared, storage: 'memory' } : { storage: 'memory' },
      )
      if (how === 'attached') auth.attach(shared)
      const app = emptyApp().use(createPinia()).use(auth)
      app.mount({})
      onTestFinished(() => app.unmount())
    }
    make()

    expect(make).toThrow(/instance/)
    expect(make).toThrow(/instance/)
  })
})

test('finding 28: a token that is refused as soon as it was issued is refreshed once for all who come', async () => {
  const world = useWorld()
  const [a] = await openSignedIn(world, 1)
  world.server.expire()
  world.network.onConcluded = ({ path }) => {
    if (path === '/auth/refresh') world.server.expire()
  }

  const { errors } = await inTime(outcomes(times(6, (index) => a.http.get(`/items/${index}`))))
  const later = await inTime(outcomes(times(6, (index) => a.http.get(`/items/${index}`))))

  expect([...errors, ...later.errors].map((error) => Object(error).response?.status)).toEqual(
    Array(12).fill(401),
  )
  expect(world.network.to('/auth/refresh')).toHaveLength(1)
  expect(a.store.isAuthenticated).toBe(true)
})
