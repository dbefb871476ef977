import type { AxiosInstance } from 'axios'
import { createPinia } from 'pinia'
import type { App } from 'vue'
import { type AuthAxiosOptions, type AuthStore, httpBackend } from '../../../src/index.ts'
import { createIn } from '../../../src/plugin.ts'
import { emptyApp } from '../empty-app.ts'
import { ModelServer } from '../model-server.ts'
import { type BrowserTraits, type OpenTab, SimulatedBrowser } from './browser.ts'
import { CookieShelf } from './cookie-shelf.ts'
import { type Latency, steady } from './latency.ts'
import { SimulatedNetwork } from './network.ts'
import { SlowStorage } from './slow-storage.ts'
import type { Tab } from './tab.ts'
import { TolerantServer } from './tolerant-server.ts'

/** Where the tabs of an application keep their session. */
export type Keeper = 'local' | 'session' | 'custom' | 'cookie' | 'hidden'

/** Whether the server keeps the session, in a cookie with the refresh token or in two with both tokens. */
export const isCookie = (keeper: Keeper): keeper is 'cookie' | 'hidden' =>
  keeper === 'cookie' || keeper === 'hidden'

/** The `cookie` of `httpBackend` for a keeper. */
export const cookieOf = (keeper: Keeper): boolean | 'session' =>
  keeper === 'hidden' ? 'session' : keeper === 'cookie'

/** What is the same for all tabs. */
export interface WorldSettings extends BrowserTraits {
  keeper?: Keeper
  /** Of access tokens, in seconds; `null`: until a refresh, and the server does not say so. */
  lifetime?: number | null
}

/** An application in a tab. */
export interface Visit extends OpenTab {
  readonly app: App<object>
  readonly store: AuthStore
  readonly http: AxiosInstance
}

/** A browser whose tabs visit one application, and the server behind it. */
export class TabWorld {
  readonly keeper: Keeper
  readonly browser: SimulatedBrowser
  readonly server: ModelServer
  readonly cookies: CookieShelf | null
  readonly network: SimulatedNetwork
  /** Every application that was loaded, in order. */
  readonly visits: Visit[] = []
  /** How often a spent refresh token came again. */
  reuses = 0
  /** Is called with every value that the application in a tab is to write. */
  onWrite: (tab: Tab, value: string) => void = () => {}
  readonly #latency: Latency
  readonly #storages: Array<[tab: Tab, storage: SlowStorage]> = []

  constructor({ keeper = 'local', lifetime = null, latency = steady(5), ...traits }: WorldSettings = {}) {
    this.keeper = keeper
    this.#latency = latency
    this.browser = new SimulatedBrowser({ latency, ...traits })
    // Tabs that share a cookie do not share their access tokens, unless these are in a cookie as well.
    this.server =
      keeper === 'cookie' ? new TolerantServer(lifetime) : new ModelServer(lifetime, keeper === 'hidden')
    this.server.onReuse = () => void this.reuses++
    this.cookies = isCookie(keeper) ? new CookieShelf(keeper === 'hidden') : null
    this.browser.localStorage.onWrite = (tab, value) => {
      if (keeper === 'local' || isCookie(keeper)) this.onWrite(tab, value)
    }
    this.network = new SimulatedNetwork(this.server, latency, this.cookies)
  }

  /** Opens a tab with the application in it. */
  open(options: AuthAxiosOptions = {}, prepare?: (app: App<object>) => void, opener?: OpenTab): Visit {
    return this.load(this.browser.open(opener), options, prepare)
  }

  /** Loads the application in a tab. */
  load(page: OpenTab, options: AuthAxiosOptions = {}, prepare: (app: App<object>) => void = () => {}): Visit {
    const app = emptyApp()
    app.use(createPinia())
    prepare(app)
    const auth = createIn(page.around, {
      axios: { adapter: this.network.adapter(page.tab), baseURL: 'https://api.test' },
      backend: httpBackend({ cookie: cookieOf(this.keeper) }),
      ...this.#storage(page),
      ...options,
    })
    app.use(auth)
    app.mount({})
    const visit = { ...page, app, store: auth.useStore(), http: auth.http }
    this.visits.push(visit)
    return visit
  }

  /** Whether a tab waits for nothing: no answer, no storage, no turn. */
  isIdle({ tab }: OpenTab): boolean {
    const isSent = this.network.exchanges.some((sent) => sent.tab === tab && sent.state === 'pending')
    const isTurn = this.browser.locks.of(tab).some((name) => !name.includes('#'))
    const isStoring = this.#storages.some(([owner, { pending }]) => owner === tab && pending > 0)
    return !isSent && !isTurn && !isStoring
  }

  /** Closes a tab, or lets it crash, with all that it waited for. */
  close(visit: Visit): void {
    this.browser.close(visit)
    this.network.close(visit.tab)
    visit.app.unmount() // what is left of it in this process reaches nobody any more
  }

  #storage({ tab, localStorage }: OpenTab): Pick<AuthAxiosOptions, 'storage'> {
    const { keeper } = this
    if (isCookie(keeper)) return {}
    if (keeper !== 'custom') return { storage: keeper }
    const storage = new SlowStorage(tab, localStorage, this.#latency)
    this.#storages.push([tab, storage])
    storage.onWrite = (value) => this.onWrite(tab, value)
    return { storage }
  }
}
