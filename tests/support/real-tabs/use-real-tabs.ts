import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { type Pages, bundle, servePages } from './pages.ts'
import type { Profile } from './profile.ts'
import type { TabSettings } from './protocol.ts'
import type { Referee } from './referee.ts'
import { TestBrowser } from './test-browser.ts'

/** What the tests of a file have in common. */
export interface RealTabs<Server extends Referee> {
  readonly referee: Server
  readonly pages: Pages
  /** A visitor with a fresh profile; their consoles must stay clean. */
  visit(settings?: Partial<TabSettings>, origin?: string): Promise<Profile>
  /** The same on an origin of their own: their tabs may be hidden and put to sleep. */
  visitSleepy(settings?: Partial<TabSettings>): Promise<Profile>
}

/** Starts a browser, a server and the pages for the tests of a file or of a group. */
export function useRealTabs<Server extends Referee>(start: () => Promise<Server>): RealTabs<Server> {
  let browser: TestBrowser
  let script: string
  let pages: Pages
  let referee: Server

  beforeAll(async () => {
    const [bundled, launched, started] = await Promise.all([
      bundle('tests/browser/pages/tab.ts'),
      TestBrowser.launch(),
      start(),
    ])
    script = bundled
    browser = launched
    referee = started
    pages = await servePages(script, started.listen)
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([pages?.close(), referee?.close()])
  })

  function watched(profile: Profile): Profile {
    onTestFinished(async () => {
      await profile.close()
      referee.checkpoint.releaseAll()
      expect(profile.complaints).toEqual([])
    })
    return profile
  }

  return {
    get referee() {
      return referee
    },
    get pages() {
      return pages
    },
    async visit(settings = {}, origin = pages.origin) {
      return watched(await browser.createProfile(origin, { ...referee.settings, ...settings }))
    },
    async visitSleepy(settings = {}) {
      const own = await servePages(script, referee.listen)
      onTestFinished(() => own.close())
      return watched(await browser.createSleepyProfile(own.origin, { ...referee.settings, ...settings }))
    },
  }
}
