import { describe, expect, test } from 'vitest'
import { logIn, logOut } from '../support/real-tabs/people.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { Profile } from '../support/real-tabs/profile.ts'
import { storageKey } from '../support/real-tabs/storage-key.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const tabs = useRealTabs(playgroundReferee)

/** What the pages have complained of since the last look. */
const complaints = (profile: Profile) => profile.complaints.splice(0)

describe('on plain http, where there are no Web Locks', () => {
  test('a tab works as everywhere, and warns once', async () => {
    const profile = await tabs.visit({ hasUser: true }, tabs.pages.plainOrigin)
    const tab = await profile.open('/secret')
    expect(await tab.run(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false])
    const { refreshes, reuses } = tabs.referee

    await logIn(tab)
    await tab.last('route', '/secret')
    for (let round = 1; round <= 3; round++) {
      await tabs.referee.expire()
      expect(await Promise.all([tab.get(), tab.get(), tab.get()])).toEqual(['200', '200', '200'])
      expect(tabs.referee.refreshes - refreshes).toBe(round)
    }
    await logOut(tab)

    expect(tabs.referee.reuses - reuses).toBe(0)
    await tab.last('route', '/login')
    expect(complaints(profile)).toEqual([expect.stringContaining('There are no Web Locks here')])
  })

  test('other tabs still hear of a login, of new tokens and of a logout', async () => {
    const profile = await tabs.visit({}, tabs.pages.plainOrigin)
    const [here, there] = await Promise.all([profile.open('/about'), profile.open('/secret')])

    await logIn(here)
    await there.last('route', '/secret')
    await tabs.referee.expire()
    expect(await here.get()).toBe('200')
    const token = await here.run(() => window.tab.accessToken() ?? '')
    await there.last('token', token)
    await logOut(here)
    await there.last('status', 'anonymous')

    const said = complaints(profile)
    expect(said.length, 'each tab warns once').toBeLessThanOrEqual(2)
    expect(new Set(said)).toEqual(new Set([expect.stringContaining('There are no Web Locks here')]))
  })
})

describe('in an opaque origin, such as that of a sandboxed frame', () => {
  /** Its pages may not change their address, and have no cookies that axios could look for: their API is elsewhere. */
  const settings = () => ({ api: `${tabs.pages.plainOrigin}/api`, hasNoAddress: true })

  test('a tab works as everywhere with what is in its memory, and warns once', async () => {
    const profile = await tabs.visit(settings())
    const tab = await profile.open('/opaque')
    expect(await tab.run(() => origin)).toBe('null')

    await logIn(tab)
    await tabs.referee.expire()
    expect(await tab.get()).toBe('200')
    await logOut(tab)

    expect(await tab.run(() => window.tab.store.status)).toBe('anonymous')
    expect(complaints(profile)).toEqual([expect.stringContaining('localStorage is not available')])
  })

  test('a session that the server keeps begins, and the tab warns once', async () => {
    const profile = await tabs.visit({ ...settings(), cookie: true })
    const tab = await profile.open('/opaque')
    await tab.last('status', 'anonymous')

    await logIn(tab)
    expect(await tab.get()).toBe('200')

    expect(complaints(profile)).toEqual([expect.stringContaining('localStorage is not available')])
  })
})

describe('where storage events', () => {
  test('come to the tab that wrote as well, a refresh is adopted by the other, and goes round in no circle', async () => {
    const profile = await tabs.visit()
    const [here, there] = await Promise.all([profile.open('/about'), profile.open('/secret')])
    await logIn(here)
    await there.last('route', '/secret')
    await tabs.referee.expire()
    const { refreshes } = tabs.referee
    for (const tab of [here, there]) await tab.run(countWrites)

    expect(await here.get()).toBe('200')
    const token = await here.run(() => window.tab.accessToken() ?? '')
    await there.last('token', token)
    expect(await there.get()).toBe('200')
    // Some browsers have told the tab that wrote as well.
    await here.run(echo)
    await there.run(echo)
    expect(await Promise.all([here.get(), there.get()])).toEqual(['200', '200'])

    expect(tabs.referee.refreshes - refreshes).toBe(1)
    const writes = await Promise.all(
      [here, there].map((tab) => tab.run(() => (window as unknown as { writes: number }).writes)),
    )
    expect(writes).toEqual([1, 0])
  })

  test.each([{ storage: 'local' }, { storage: 'custom' }] as const)(
    'do not come, tabs still share one refresh: $storage',
    async ({ storage }) => {
      const profile = await tabs.visit({ isDeaf: true, storage })
      const [here, there] = await Promise.all([profile.open('/about'), profile.open('/about')])
      await logIn(here)
      await there.page.reload()
      await there.last('status', 'authenticated')
      await tabs.referee.expire()
      const { refreshes, reuses } = tabs.referee

      expect(await Promise.all([here.get(), there.get()])).toEqual(['200', '200'])

      expect(tabs.referee.refreshes - refreshes).toBe(1)
      expect(tabs.referee.reuses - reuses).toBe(0)
    },
  )
})

describe('two applications on one origin', () => {
  test('with keys of their own neither wait for each other nor sign each other out', async () => {
    const profile = await tabs.visit()
    const [shop, forum] = await Promise.all([
      profile.open('/secret', { id: 'shop' }),
      profile.open('/about', { id: 'forum' }),
    ])
    await Promise.all([logIn(shop), logIn(forum)])
    await tabs.referee.expire()
    const hold = tabs.referee.checkpoint.hold('before')
    const answer = shop.get()
    await hold.reached

    expect(await forum.get()).toBe('200')
    await logOut(forum)

    hold.release()
    expect(await answer).toBe('200')
    expect(await shop.run(() => window.tab.store.status)).toBe('authenticated')
    const stored = (id: string) => shop.run((key) => localStorage.getItem(key), storageKey(id))
    expect(await stored('shop')).toContain(await shop.run(() => window.tab.accessToken()))
    expect(JSON.parse((await stored('forum'))!)).toMatchObject({ ended: 'logout' })
    expect(await forum.run(() => window.tab.store.status)).toBe('anonymous')
    const log = await shop.run(() => window.tab.log.filter(({ what }) => what === 'end'))
    expect(log).toEqual([])
  })
})

/** Counts what the page writes to its storages. */
function countWrites(): void {
  const counts = Object.assign(window, { writes: 0 })
  for (const method of ['setItem', 'removeItem'] as const) {
    const write = Storage.prototype[method] as (...args: string[]) => void
    Storage.prototype[method] = function (...args: string[]) {
      counts.writes++
      write.apply(this, args)
    }
  }
}

/** Tells the page of what it has in its storage, as if another tab had written that. */
function echo(): void {
  const newValue = localStorage.getItem(window.tab.storageKey)
  dispatchEvent(
    new StorageEvent('storage', { key: window.tab.storageKey, newValue, storageArea: localStorage }),
  )
}
