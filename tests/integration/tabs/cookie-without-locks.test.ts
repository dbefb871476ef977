import { describe, expect, test } from 'vitest'
import { expectConsole } from '../../support/expect-console.ts'
import { elapse } from '../../support/fake-time.ts'
import type { BrowserTraits } from '../../support/simulated/browser.ts'
import { inTime, openSignedIn, useWorld } from '../../support/simulated/use-world.ts'

const browsers: Array<[what: string, traits: BrowserTraits]> = [
  ['without Web Locks (plain http)', { locks: 'missing' }],
  ['whose Web Locks tell nobody who holds what', { locks: { isSecretive: true } }],
]

describe.each(browsers)('a session in a cookie, in a browser %s', (_, traits) => {
  const world = () => {
    if (traits.locks === 'missing') expectConsole('warn', 'There are no Web Locks here', 2)
    return useWorld({ keeper: 'cookie', ...traits })
  }

  test.each(['pageshow', 'visibilitychange', 'focus', 'online'])(
    'is not over because its page is looked at again (`%s`)',
    async (type) => {
      const browser = world()
      const tabs = await openSignedIn(browser, 2)
      await elapse(2_000)

      for (const { tab } of tabs) tab.page.dispatchEvent(new Event(type))
      await elapse(2_000)

      expect(tabs.map(({ store }) => store.status)).toEqual(['authenticated', 'authenticated'])
    },
  )

  test('is not over because it is refreshed', async () => {
    const browser = world()
    const [a, b] = await openSignedIn(browser, 2)
    await elapse(2_000)

    await inTime(a.store.refresh())
    await elapse(2_000)

    expect([a, b].map(({ store }) => store.status)).toEqual(['authenticated', 'authenticated'])
  })

  test('ends in every tab with a logout in one', async () => {
    const browser = world()
    const [a, b] = await openSignedIn(browser, 2)
    await elapse(2_000)

    await inTime(a.store.logout())
    await elapse(2_000)

    expect([a, b].map(({ store }) => store.status)).toEqual(['anonymous', 'anonymous'])
  })
})
