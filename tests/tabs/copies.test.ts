import { describe, expect, test } from 'vitest'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { TabHandle } from '../support/real-tabs/tab-handle.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const tabs = useRealTabs(playgroundReferee)

/** In ms: how long ahead a moment is agreed on. */
const NOTICE = 50

/** A tab whose session ends with it, and its copy: a page that it opened with `window.open` has all that it had stored. */
async function begin(): Promise<{ original: TabHandle; copy: TabHandle }> {
  const profile = await tabs.visit({ storage: 'session' })
  const original = await profile.open('/secret')
  await original.run((reply) => window.tab.begin(reply), await tabs.referee.grant())
  const copy = await profile.opened(() => original.run(() => void window.open('/secret')))
  await copy.last('status', 'authenticated')
  const stored = () => sessionStorage.getItem(window.tab.storageKey)
  expect(await copy.run(stored)).toBe(await original.run(stored))
  return { original, copy }
}

async function expectSignedOut(tab: TabHandle): Promise<void> {
  await tab.last('status', 'expired')
  await tab.last('route', '/login?redirect=/secret')
  const log = await tab.run(() => window.tab.log)
  expect(log.filter(({ what }) => what === 'end')).toMatchObject([{ value: 'expired' }])
  expect(await tab.run(() => sessionStorage.getItem(window.tab.storageKey))).toBeNull()
}

async function expectAlive(tab: TabHandle): Promise<void> {
  await tabs.referee.expire()
  expect(await tab.get()).toBe('200')
  expect(await tab.run(() => window.tab.store.status)).toBe('authenticated')
}

describe('a copy of a tab, with a copy of its session,', () => {
  test('asks for things as the tab does, as long as the access token serves', async () => {
    const { original, copy } = await begin()

    expect(await copy.get()).toBe('200')
    expect(await original.get()).toBe('200')
  })

  test('is signed out in good order where the original refreshes first: the copied token is not sent', async () => {
    const { original, copy } = await begin()
    const { refreshes, reuses } = tabs.referee
    await tabs.referee.expire()
    expect(await original.get()).toBe('200')

    expect(await copy.get()).toBe('ERR_AUTH_EXPIRED')

    await expectSignedOut(copy)
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    await expectAlive(original)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })

  test('keeps the session where it refreshes first', async () => {
    const { original, copy } = await begin()
    const { refreshes, reuses } = tabs.referee
    await tabs.referee.expire()
    expect(await copy.get()).toBe('200')

    expect(await original.get()).toBe('ERR_AUTH_EXPIRED')

    await expectSignedOut(original)
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    await expectAlive(copy)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })

  test('does not end up with the original’s refresh where both need one at the same moment', async () => {
    for (let round = 0; round < 2; round++) {
      const { original, copy } = await begin()
      const { refreshes, reuses } = tabs.referee
      await tabs.referee.expire()

      const play = { at: Date.now() + NOTICE, isOverslept: round % 2 === 1 }
      const both = [original, copy]
      const answers = await Promise.all(both.map((tab) => tab.run((it) => window.tab.play(it), play)))

      expect(answers.toSorted()).toEqual(['200', 'ERR_AUTH_EXPIRED'])
      await expectSignedOut(both[answers.indexOf('ERR_AUTH_EXPIRED')]!)
      expect(tabs.referee.refreshes - refreshes).toBe(1)
      await expectAlive(both[answers.indexOf('200')]!)
      expect(tabs.referee.reuses - reuses).toBe(0)
    }
  })

  test('does not send the copied token where the original has refreshed and is closed', async () => {
    const { original, copy } = await begin()
    const { refreshes, reuses } = tabs.referee
    await tabs.referee.expire()
    expect(await original.get()).toBe('200')
    await original.close()

    expect(await copy.get()).toBe('ERR_AUTH_EXPIRED')

    await expectSignedOut(copy)
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })

  test('does not send the copied token where the original has refreshed and is reloaded', async () => {
    const { original, copy } = await begin()
    const { refreshes, reuses } = tabs.referee
    await tabs.referee.expire()
    expect(await original.get()).toBe('200')
    await original.page.reload()
    await original.last('status', 'authenticated')

    expect(await copy.get()).toBe('ERR_AUTH_EXPIRED')

    await expectSignedOut(copy)
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    await expectAlive(original)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })

  test('does not send the copied token where it was reloaded after the original had refreshed', async () => {
    const { original, copy } = await begin()
    const { refreshes, reuses } = tabs.referee
    await tabs.referee.expire()
    expect(await original.get()).toBe('200')
    await copy.page.reload()
    await copy.last('status', 'authenticated')

    expect(await copy.get()).toBe('ERR_AUTH_EXPIRED')

    await expectSignedOut(copy)
    expect(tabs.referee.refreshes - refreshes).toBe(1)
    await expectAlive(original)
    expect(tabs.referee.reuses - reuses).toBe(0)
  })

  test('is signed out with the original: it is one session at the server', async () => {
    const { original, copy } = await begin()

    await original.run(() => window.tab.store.logout())

    await copy.last('status', 'anonymous')
    await copy.last('route', '/login?redirect=/secret')
    expect(await copy.run(() => sessionStorage.getItem(window.tab.storageKey))).toBeNull()
  })
})
