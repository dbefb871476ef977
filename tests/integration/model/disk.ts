import type { Scheduler } from 'fast-check'
import type { AuthStorage } from '../../../src/index.ts'
import { uptime } from '../../support/fake-time.ts'

/** What the next operation meets. */
export type Trouble = 'none' | 'throws' | 'rejects' | 'rejects, though it is done' | 'hangs'

/** What a storage in trouble throws. */
export class DiskError extends Error {
  override name = 'DiskError'
}

/** A storage that answers when the scheduler says so, and not always well. */
export class Disk implements AuthStorage {
  /** All that is in it. */
  content: string | null = null
  readonly troubles: Trouble[] = []
  /** Whether the last change went well, and in time. */
  isSound = true
  /** Whether the last that was to write a value did. */
  isWriteSound = true
  /** Whether the last reading did, unless there has been a change since. */
  isReadSound = true
  /** How many operations have not come to their end. */
  pending = 0
  readonly #scheduler: Scheduler
  readonly #patience: number
  readonly #onWrite: (value: string) => void
  #flush: () => void = () => {}
  #flushed: Promise<void> = Promise.resolve()

  /**
   * @param patience how long an operation may take, in ms, before a client may take it for failed
   * @param onWrite is called with every value that an operation is to write, before it does
   */
  constructor(scheduler: Scheduler, patience: number, onWrite: (value: string) => void) {
    this.#scheduler = scheduler
    this.#patience = patience
    this.#onWrite = onWrite
    this.flush()
  }

  /** Brings all operations to their end now that can come to one. */
  flush(): void {
    this.#flush()
    this.#flushed = new Promise((resolve) => (this.#flush = resolve))
  }

  getItem(): Promise<string | null> {
    return this.#operate('getItem', () => this.content)
  }

  setItem(_key: string, value: string): Promise<void> {
    this.#onWrite(value)
    return this.#operate('setItem', () => {
      this.content = value
    })
  }

  removeItem(): Promise<void> {
    return this.#operate('removeItem', () => {
      this.content = null
    })
  }

  #operate<T>(name: string, effect: () => T): Promise<T> {
    const trouble = this.troubles.shift() ?? 'none'
    const since = uptime()
    const judge = (isGood: boolean) => {
      if (name === 'setItem') this.isWriteSound = isGood
      if (name !== 'getItem') this.isSound = isGood
      if (name === 'getItem' || isGood) this.isReadSound = isGood
    }
    judge(false)
    if (trouble === 'throws') throw new DiskError(`${name} throws`)
    if (trouble === 'hangs') return new Promise(() => {})
    return this.#finish(name, trouble, effect).finally(() =>
      judge(trouble === 'none' && uptime() - since < this.#patience),
    )
  }

  async #finish<T>(name: string, trouble: Trouble, effect: () => T): Promise<T> {
    this.pending++
    await Promise.race([this.#scheduler.schedule(Promise.resolve(), `${name} ends`), this.#flushed])
    this.pending--
    if (trouble === 'rejects') throw new DiskError(`${name} rejects`)
    const result = effect()
    if (trouble !== 'none') throw new DiskError(`${name} rejects, though it is done`)
    return result
  }
}
