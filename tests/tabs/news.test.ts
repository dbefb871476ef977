import { describe, expect, test } from 'vitest'
import { Delays } from '../support/real-tabs/delays.ts'
import { ADA, BOB, logIn, logOut } from '../support/real-tabs/people.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { TabSettings } from '../support/real-tabs/protocol.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const ROUNDS = 2

/** Where a session is kept, of which the tabs share a record. */
const PLACES: Array<{ place: string; settings: Partial<TabSettings> }> = [
  { place: 'localStorage', settings: {} },
  { place: 'a storage without events', settings: { storage: 'custom' } },
  { place: 'a cookie of the server', settings: { cookie: true } },
]

const tabs = useRealTabs(playgroundReferee)
const cookieTabs = useRealTabs(() => playgroundReferee({ cookie: true }))

describe.each(PLACES)('with $place, another tab hears at once', ({ settings }) => {
  const { visit } = settings.cookie ? cookieTabs : tabs
  const server = () => (settings.cookie ? cookieTabs : tabs).referee

  test('of a login, of new tokens and of a logout: its store and its route follow', async (context) => {
    const profile = await visit({ hasUser: true, ...settings })
    const [here, there] = await Promise.all([profile.open('/login'), profile.open('/secret')])
    const delays = new Delays()

    for (let round = 0; round < ROUNDS; round++) {
      await there.last('route', '/login?redirect=/secret')
      await logIn(here)
      await delays.measure('a login, its status', [
        here.last('status', 'authenticated'),
        there.last('status', 'authenticated'),
      ])
      await delays.measure('a login, its route', [
        here.last('status', 'authenticated'),
        there.last('route', '/secret'),
      ])
      await there.last('user', 'ada')

      if (!settings.cookie) {
        const fresh = await here.run(() =>
          window.tab.store.refresh().then((tokens) => tokens?.accessToken ?? ''),
        )
        await delays.measure('new tokens', [here.last('token', fresh), there.last('token', fresh)])
      }

      const end = await logOut(here)
      await delays.measure('a logout, its status', [end, there.last('status', 'anonymous')])
      await delays.measure('a logout, its route', [end, there.last('route', '/login?redirect=/secret')])
    }

    await delays.expectShort(context)
  })

  test('of the end of the session: it is told once, and goes to the login page once', async (context) => {
    const profile = await visit({ hasUser: true, ...settings })
    const [here, there] = await Promise.all([profile.open('/about'), profile.open('/secret')])
    const delays = new Delays()

    for (let round = 0; round < ROUNDS; round++) {
      await there.last('route', '/login?redirect=/secret')
      await logIn(here)
      await there.last('user', 'ada')
      await server().expire()
      await server().refuse()
      await there.run(() => void window.tab.log.splice(0))

      expect(await here.get()).toBe('ERR_AUTH_EXPIRED')
      await delays.measure('its status', [here.last('status', 'expired'), there.last('status', 'expired')])
      await delays.measure('its route', [
        here.last('status', 'expired'),
        there.last('route', '/login?redirect=/secret'),
      ])
      const log = await there.run(() => window.tab.log)
      expect(log.filter(({ what }) => what === 'end')).toMatchObject([{ value: 'expired' }])
      expect(log.filter(({ what }) => what === 'route')).toHaveLength(1)
      await here.run(() => window.tab.router.replace('/about'))
    }

    await delays.expectShort(context)
  })

  test('of another user who signs in: it is their tab now', async (context) => {
    const profile = await visit({ hasUser: true, ...settings })
    const [here, there] = await Promise.all([profile.open('/about'), profile.open('/about')])
    const delays = new Delays()

    for (let round = 0; round < ROUNDS; round++) {
      await logIn(here, ADA)
      await there.last('user', 'ada')
      await logIn(here, BOB)
      const token = await here.run(() => window.tab.accessToken() ?? '')
      if (!settings.cookie)
        await delays.measure('its token', [here.last('token', token), there.last('token', token)])
      await there.last('user', 'bob')
      await logOut(here)
      await there.last('status', 'anonymous')
    }

    await delays.expectShort(context)
  })
})

describe('a request that waits for the refresh of another tab', () => {
  /** The refresh of one tab is held; a request of the other one waits for it. */
  async function beginWaiting() {
    const profile = await tabs.visit()
    const [here, there] = await Promise.all([profile.open('/about'), profile.open('/secret')])
    await logIn(here)
    await there.last('route', '/secret')
    await tabs.referee.expire()
    const hold = tabs.referee.checkpoint.hold('after')
    const first = here.get()
    await hold.reached
    const waiting = there.get()
    const isRefreshing = () => window.tab.store.isRefreshing
    await there.until(isRefreshing)
    return { here, there, hold, first, waiting }
  }

  test('goes on with the new tokens, and with them alone', async (context) => {
    const { refreshes } = tabs.referee
    const { here, there, hold, first, waiting } = await beginWaiting()

    hold.release()

    expect(await first).toBe('200')
    expect(await waiting).toBe('200')
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    const delays = new Delays()
    const token = await here.run(() => window.tab.accessToken() ?? '')
    await delays.measure('new tokens', [here.last('token', token), there.last('token', token)])
    await delays.measure('the answer', [here.last('token', token), there.last('answer', '200')])
    await delays.expectShort(context)
  })

  test('is rejected at once where the user signs out there, and nothing comes after', async (context) => {
    const { here, there, hold, first, waiting } = await beginWaiting()

    const end = await here.run(() => {
      const at = Date.now()
      void window.tab.store.logout() // waits for what the refresh may still bring
      return at
    })

    expect(await waiting).toBe('ERR_AUTH_SESSION_CHANGED')
    expect(await first).toBe('ERR_AUTH_SESSION_CHANGED')
    const delays = new Delays()
    await delays.measure('a logout, its status', [end, there.last('status', 'anonymous')])
    await delays.measure('a logout, its requests', [end, there.last('answer', 'ERR_AUTH_SESSION_CHANGED')])
    await delays.measure('a logout, its route', [end, there.last('route', '/login?redirect=/secret')])
    await delays.expectShort(context)
    hold.release()
    await expect.poll(() => tabs.referee.checkpoint.to('/api/auth/logout').at(-1)?.status).toBe(204)
    for (const tab of [here, there]) {
      expect(await tab.run(() => window.tab.store.status)).toBe('anonymous')
      expect(await tab.storedTokens(tabs.referee.checkpoint.tokens)).toEqual([])
    }
  })

  test('is rejected at once where somebody else signs in there, who stays', async () => {
    const { here, there, hold, first, waiting } = await beginWaiting()

    await logIn(here, BOB)

    expect(await waiting).toBe('ERR_AUTH_SESSION_CHANGED')
    expect(await first).toBe('ERR_AUTH_SESSION_CHANGED')
    const token = await here.run(() => window.tab.accessToken() ?? '')
    await there.last('token', token)
    hold.release()
    for (const tab of [here, there]) {
      expect(await tab.run(() => window.tab.http.get('/auth/me').then(({ data }) => data))).toMatchObject({
        username: 'bob',
      })
      expect(await tab.run(() => window.tab.accessToken())).toBe(token)
      expect(await tab.run(() => localStorage.getItem(window.tab.storageKey))).toContain(token)
    }
  })
})
