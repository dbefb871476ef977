import type { Surroundings } from '../../../src/environment.ts'
import { type Latency, steady } from './latency.ts'
import { type LockQuirks, SharedLocks } from './locks.ts'
import { OwnStorage, SharedStorage, type SharedStorageQuirks } from './storage.ts'
import { Tab } from './tab.ts'

/** What a browser is like. */
export interface BrowserTraits {
  latency?: Latency
  storage?: SharedStorageQuirks
  locks?: LockQuirks | 'missing'
}

/** A tab with its surroundings. */
export interface OpenTab {
  readonly tab: Tab
  readonly around: Surroundings
  readonly localStorage: Storage
  readonly sessionStorage: OwnStorage
}

/** How long a browser takes to notice that a tab is gone, in ms. */
const UNTIL_FREED = 40

/** One profile of a browser with all of its tabs in this process, in fake time. */
export class SimulatedBrowser {
  readonly localStorage: SharedStorage
  readonly locks: SharedLocks
  readonly #traits: BrowserTraits
  #count = 0

  constructor(traits: BrowserTraits = {}) {
    this.#traits = traits
    this.localStorage = new SharedStorage(traits.storage)
    this.locks = new SharedLocks(traits.locks === 'missing' ? {} : traits.locks)
  }

  /** Opens a tab. One that another tab opened has a copy of its `sessionStorage`. */
  open(opener?: OpenTab): OpenTab {
    const tab = new Tab(++this.#count, this.#traits.latency ?? steady(5))
    const localStorage = this.localStorage.open(tab)
    const sessionStorage = new OwnStorage(opener?.sessionStorage.items)
    const around: Surroundings = {
      storages: { localStorage, sessionStorage },
      locks: this.#traits.locks === 'missing' ? undefined : this.locks.open(tab),
      page: tab.page,
    }
    return { tab, around, localStorage, sessionStorage }
  }

  /** Closes a tab, or lets it crash: what it has sent goes on, and its locks are freed a little later. */
  close({ tab }: OpenTab): void {
    if (tab.state === 'gone') return
    tab.state = 'gone'
    this.localStorage.close(tab)
    setTimeout(() => this.locks.close(tab), UNTIL_FREED)
  }
}
