import type { AuthStorage, Awaitable } from '../../src/index.ts'

/** An operation of a storage. */
export type Operation = 'getItem' | 'setItem' | 'removeItem'

/** A storage in memory that can be as slow, as broken and as silent as a test needs. */
export class MemoryStorage implements AuthStorage {
  readonly entries: Map<string, string>
  /** The operations that were asked for, in order. */
  readonly operations: Operation[] = []
  /** The values that were ever written, in order. */
  readonly written: string[] = []
  /** Runs before an operation takes effect: it may throw, reject, hang or take its time. */
  before: (operation: Operation) => Awaitable<void> | void = () => {}

  constructor(entries: Record<string, string> = {}) {
    this.entries = new Map(Object.entries(entries))
  }

  getItem(key: string): Awaitable<string | null> {
    // What is read was there when the reading began.
    const value = this.entries.get(key) ?? null
    return this.#run('getItem', () => value)
  }

  setItem(key: string, value: string): Awaitable<void> {
    return this.#run('setItem', () => {
      this.written.push(value)
      this.entries.set(key, value)
    })
  }

  removeItem(key: string): Awaitable<void> {
    return this.#run('removeItem', () => {
      this.entries.delete(key)
    })
  }

  #run<T>(operation: Operation, effect: () => T): Awaitable<T> {
    this.operations.push(operation)
    const gate = this.before(operation)
    return gate === undefined ? effect() : Promise.resolve(gate).then(effect)
  }
}
