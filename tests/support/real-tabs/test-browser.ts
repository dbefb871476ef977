import { type Browser, chromium } from 'playwright'
import { chromiumLaunch } from '../chromium.ts'
import { freePort } from './free-port.ts'
import { PLAIN_HOST } from './pages.ts'
import { Profile } from './profile.ts'
import type { TabSettings } from './protocol.ts'

/** The Chromium of this machine, with nothing switched off that a visitor's has. */
export class TestBrowser {
  readonly #browser: Browser
  readonly #port: number
  #remote: Promise<Browser> | undefined

  private constructor(browser: Browser, port: number) {
    this.#browser = browser
    this.#port = port
  }

  static async launch(): Promise<TestBrowser> {
    const { args, ...launch } = chromiumLaunch()
    const port = await freePort()
    const more = [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`, `--remote-debugging-port=${port}`]
    const ignoreDefaultArgs = ['--disable-back-forward-cache']
    const browser = await chromium.launch({ ...launch, args: [...args, ...more], ignoreDefaultArgs })
    return new TestBrowser(browser, port)
  }

  get version(): string {
    return this.#browser.version()
  }

  /** A profile of its own, whose tabs are all looked at all the time. */
  async createProfile(origin: string, settings: TabSettings): Promise<Profile> {
    const context = await this.#browser.newContext()
    return Profile.create(context, { origin, settings, close: () => context.close() })
  }

  /**
   * The browser's own profile, whose tabs may be hidden and put to sleep: Playwright keeps all others awake. It is one
   * for all; what keeps visitors apart is their origin.
   */
  async createSleepyProfile(origin: string, settings: TabSettings): Promise<Profile> {
    this.#remote ??= chromium.connectOverCDP(`http://127.0.0.1:${this.#port}`, { noDefaults: true })
    const [context] = (await this.#remote).contexts()
    return Profile.create(context!, { origin, settings })
  }

  async close(): Promise<void> {
    await (await this.#remote)?.close()
    await this.#browser.close()
  }
}
