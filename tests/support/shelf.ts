import type { AuthStorage } from '../../src/index.ts'

type Operation = 'getItem' | 'setItem' | 'removeItem'

/** A storage that answers later, and whose operations can be watched, held up and made to fail. */
export class Shelf implements AuthStorage {
  readonly items = new Map<string, string>()
  /** Every value that an operation tried to write, in order. */
  readonly written: string[] = []
  /** Runs ahead of each operation: what it returns is awaited, what it throws fails the operation. */
  before: (operation: Operation, value?: string) => unknown = () => undefined

  constructor(items: Record<string, string> = {}) {
    for (const [key, value] of Object.entries(items)) this.items.set(key, value)
  }

  async getItem(key: string): Promise<string | null> {
    await this.before('getItem')
    return this.items.get(key) ?? null
  }

  async setItem(key: string, value: string): Promise<void> {
    this.written.push(value)
    await this.before('setItem', value)
    this.items.set(key, value)
  }

  async removeItem(key: string): Promise<void> {
    await this.before('removeItem')
    this.items.delete(key)
  }

  /** All that is in it, as text. */
  get content(): string {
    return JSON.stringify([...this.items])
  }
}
