import type { EngineProfile, RunningEngine } from './engines/engine.ts'
import { type Pages, servePages } from './pages.ts'
import type { TabSettings } from './protocol.ts'
import type { Referee } from './referee.ts'
import { SteeredTab } from './steered-tab.ts'
import { Steering } from './steering.ts'

/** One visitor of any engine, and the pages they visit. */
export class SteeredProfile {
  readonly pages: Pages
  readonly #steering: Steering
  readonly #profile: EngineProfile

  private constructor(pages: Pages, steering: Steering, profile: EngineProfile) {
    this.pages = pages
    this.#steering = steering
    this.#profile = profile
  }

  /** A visitor of a server's pages, whose script that is. */
  static async create(
    engine: RunningEngine,
    script: string,
    { listen, settings }: Pick<Referee, 'listen' | 'settings'>,
    more: Partial<TabSettings> = {},
  ): Promise<SteeredProfile> {
    const steering = await Steering.start()
    const given = JSON.stringify({ ...settings, ...more })
    const pages = await servePages(script, listen, `${steering.script}; window.settings = ${given}`)
    return new SteeredProfile(pages, steering, await engine.createProfile())
  }

  /** What the pages have complained of. */
  get complaints(): string[] {
    return this.#steering.complaints
  }

  /** Opens a tab, and resolves once its page takes orders and its application is there. */
  async open(path = '/'): Promise<SteeredTab> {
    const name = this.#steering.createTab()
    const arrival = this.#steering.arrival(name)
    const opened = this.#profile.open(`${this.pages.origin}${path}?tab=${name}`)
    const [tab] = await Promise.all([opened, arrival])
    return new SteeredTab(name, this.#steering, tab)
  }

  async close(): Promise<void> {
    await this.#profile.close()
    await Promise.all([this.#steering.close(), this.pages.close()])
  }
}
