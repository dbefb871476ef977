import type { AuthStorage } from '../../../src/index.ts'
import type { Latency } from './latency.ts'
import type { Tab } from './tab.ts'

/** A storage of the application's own that takes its time, in front of one of a tab. */
export class SlowStorage implements AuthStorage {
  /** Is called with every value that is to be written. */
  onWrite: (value: string) => void = () => {}
  /** How many operations have not come to their end. */
  pending = 0
  readonly #tab: Tab
  readonly #area: Storage
  readonly #latency: Latency

  constructor(tab: Tab, area: Storage, latency: Latency) {
    this.#tab = tab
    this.#area = area
    this.#latency = latency
  }

  getItem(key: string): Promise<string | null> {
    return this.#operate(() => this.#area.getItem(key))
  }

  setItem(key: string, value: string): Promise<void> {
    this.onWrite(value)
    return this.#operate(() => this.#area.setItem(key, value))
  }

  removeItem(key: string): Promise<void> {
    return this.#operate(() => this.#area.removeItem(key))
  }

  #operate<T>(effect: () => T): Promise<T> {
    this.pending++
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        if (this.#tab.state === 'gone') return
        const result = attempt(effect)
        const end = () => {
          this.pending--
          result.then(resolve, reject)
        }
        setTimeout(() => this.#tab.receive(end), this.#latency('storage'))
      }, this.#latency('storage'))
    })
  }
}

/** A promise of what a function returns or throws; nobody has to handle it. */
function attempt<T>(effect: () => T): Promise<T> {
  const result = new Promise<T>((resolve) => resolve(effect()))
  result.catch(() => {})
  return result
}
