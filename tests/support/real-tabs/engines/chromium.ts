import { chromium } from 'playwright'
import { chromiumLaunch } from '../../chromium.ts'
import type { Engine, EngineProfile, RunningEngine } from './engine.ts'

/** Chromium, with the back/forward cache that Playwright switches off. */
export const chromiumEngine: Engine = {
  name: 'Chromium',
  packages: 'chromium',
  isInstalled: () => chromiumLaunch().executablePath !== undefined,
  launch,
}

async function launch(): Promise<RunningEngine> {
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  const browser = await chromium.launch({ ...chromiumLaunch(), ignoreDefaultArgs })
  return {
    version: `Chromium ${browser.version()}`,
    async createProfile(): Promise<EngineProfile> {
      const context = await browser.newContext()
      return {
        async open(url) {
          const page = await context.newPage()
          await page.goto(url)
          return page
        },
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}
