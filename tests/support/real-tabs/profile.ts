import type { BrowserContext, Page } from 'playwright'
import type { TabSettings } from './protocol.ts'
import { TabHandle } from './tab-handle.ts'

/** The browser says so itself of every answer that is no success. */
const ANSWERED_WITH_AN_ERROR = 'Failed to load resource'

/** What a profile is made of. */
export interface ProfileSettings {
  origin: string
  settings: TabSettings
  /** Closes all that belongs to it; without it, the tabs that it has opened are closed. */
  close?: () => Promise<void>
}

/** One visitor's profile: all its tabs share their storages and locks. */
export class Profile {
  /** What the pages have written as a warning or an error, and what they have thrown. */
  readonly complaints: string[] = []
  readonly #context: BrowserContext
  readonly #settings: ProfileSettings
  readonly #pages: Page[] = []

  private constructor(context: BrowserContext, settings: ProfileSettings) {
    this.#context = context
    this.#settings = settings
  }

  static async create(context: BrowserContext, settings: ProfileSettings): Promise<Profile> {
    const profile = new Profile(context, settings)
    // Pages that other pages open get what the profile has.
    if (settings.close) await profile.#furnish(context)
    return profile
  }

  /** Opens a tab of its own, with a process of its own. */
  async open(path = '/', settings?: Partial<TabSettings>): Promise<TabHandle> {
    const page = await this.#context.newPage()
    if (!this.#settings.close) await this.#furnish(page)
    if (settings) await page.addInitScript((more) => void Object.assign(window.settings, more), settings)
    this.#listenTo(page)
    await page.goto(`${this.#settings.origin}${path}`)
    return this.#handle(page)
  }

  /** The tab that a page opens while something is done to it. */
  async opened(work: () => Promise<unknown>): Promise<TabHandle> {
    const [page] = await Promise.all([this.#context.waitForEvent('page'), work()])
    this.#listenTo(page)
    await page.waitForLoadState()
    return this.#handle(page)
  }

  async close(): Promise<void> {
    const { close } = this.#settings
    await (close ? close() : Promise.all(this.#pages.map((page) => page.close())))
  }

  async #furnish(target: BrowserContext | Page): Promise<void> {
    await target.addInitScript((given) => {
      window.settings = given
      if (given.isDeaf) addEventListener('storage', (event) => event.stopImmediatePropagation(), true)
    }, this.#settings.settings)
  }

  async #handle(page: Page): Promise<TabHandle> {
    return new TabHandle(page, await this.#context.newCDPSession(page))
  }

  #listenTo(page: Page): void {
    this.#pages.push(page)
    page.on('console', (message) => {
      const isComplaint = message.type() === 'warning' || message.type() === 'error'
      if (isComplaint && !message.text().startsWith(ANSWERED_WITH_AN_ERROR))
        this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
  }
}
