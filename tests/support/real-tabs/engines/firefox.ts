import puppeteer from 'puppeteer-core'
import { firefoxPath } from '../../firefox.ts'
import type { Engine, EngineProfile, RunningEngine } from './engine.ts'

const PREFERENCES = {
  // As visitors have it: Puppeteer puts all pages into one process.
  'fission.webContentIsolationStrategy': 1,
  // At most so many pages of one site have a process of their own.
  'dom.ipc.processCount.webIsolated': 8,
}

/** Firefox, driven by WebDriver BiDi. */
export const firefoxEngine: Engine = {
  name: 'Firefox',
  packages: 'firefox-esr',
  isInstalled: () => firefoxPath() !== undefined,
  launch,
}

async function launch(): Promise<RunningEngine> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath()!,
    headless: true,
    extraPrefsFirefox: PREFERENCES,
  })
  return {
    version: `Firefox ${(await browser.version()).split('/')[1]}`,
    async createProfile(): Promise<EngineProfile> {
      const context = await browser.createBrowserContext()
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
