import type { RefreshResults } from '../../src/server/index.ts'

/** An engine that several processes share, and that can be looked into, cut off and emptied. */
export class SharedResults implements RefreshResults {
  readonly values = new Map<string, string>()
  /** Every value that was ever written, in order. */
  readonly written: string[] = []
  /** How often it was asked for anything. */
  commands = 0
  /** Whether it cannot be reached. */
  isAway = false
  /** For how long it has been up, in ms. */
  upFor = Infinity
  #timers = new Map<string, ReturnType<typeof setTimeout>>()

  async get(key: string): Promise<string | null> {
    this.#reach()
    return this.values.get(key) ?? null
  }

  async swap(key: string, expected: string | null, value: string, ttl: number): Promise<boolean> {
    this.#reach()
    if ((this.values.get(key) ?? null) !== expected) return false
    clearTimeout(this.#timers.get(key))
    this.#timers.set(
      key,
      setTimeout(() => this.values.delete(key), ttl),
    )
    this.values.set(key, value)
    this.written.push(value)
    return true
  }

  async age(): Promise<number> {
    this.#reach()
    return this.upFor
  }

  /** Forgets everything, as one does that is restarted. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.values.clear()
  }

  #reach(): void {
    this.commands++
    if (this.isAway) throw new Error('The engine is away.')
  }
}
