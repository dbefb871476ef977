import type { Page } from 'playwright'
import type { BrowserCommandContext } from 'vitest/node'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Opens a URL of the tests' origin in a tab of its own, beside the test and in the same profile. */
    openTab(url: string): Promise<TabId>
    /** Evaluates an expression in a tab; what it gives (or resolves to) has to survive JSON. */
    evaluateInTab(tab: TabId, expression: string): Promise<unknown>
    /** Closes a tab, as a visitor does: its locks are freed, its timers die. */
    closeTab(tab: TabId): Promise<void>
  }
}

/** Names a tab: pages themselves do not travel between the test and the server. */
export type TabId = number

const tabs = new Map<TabId, Page>()
let lastId: TabId = 0

/**
 * Commands for tests of more than one tab. A tab is no `window.open` of the test: it has a process and an event
 * loop of its own, as the tabs of a visitor do.
 */
export const tabCommands = {
  async openTab(test: BrowserCommandContext, url: string): Promise<TabId> {
    const page = await test.context.newPage()
    lastId += 1
    tabs.set(lastId, page)
    await page.goto(new URL(url, test.page.url()).href)
    return lastId
  },

  evaluateInTab(_test: BrowserCommandContext, tab: TabId, expression: string): Promise<unknown> {
    return tabOf(tab).evaluate(expression)
  },

  async closeTab(_test: BrowserCommandContext, tab: TabId): Promise<void> {
    await tabOf(tab).close()
    tabs.delete(tab)
  },
}

function tabOf(tab: TabId): Page {
  const page = tabs.get(tab)
  if (!page) throw new Error(`There is no tab ${tab}: open one with commands.openTab(url).`)
  return page
}
