import { type Bounds, within } from '../timing.ts'
import type { AuthStorage } from '../types.ts'

/** One record in one storage. Nothing here rejects. */
export interface Shelf {
  readonly area: AuthStorage
  /** The record, `null` where there is none or the storage does not answer. */
  get(): Promise<string | null>
  /** Brings the record to this text, or removes it; resolves when that has really happened, or been overtaken. */
  put(text: string | null): Promise<void>
}

/** What a shelf is made of. */
export interface ShelfSettings {
  area: AuthStorage
  key: string
  /** After which time an operation counts as failed, although it may still come to its end. */
  bounds: Bounds
  /** Is told of a failure, once for each run of failures. */
  onError(error: unknown): void
}

/**
 * Keeps a record in a storage that may be slow. A write begins when the one before has ended or been given up on; one
 * that comes to its end after all, perhaps over something newer, is made good for. The first one begins at once.
 */
export function createShelf({ area, key, bounds, onError }: ShelfSettings): Shelf {
  let wanted: string | null = null
  let isDirty = false
  let running: Promise<void> | null = null
  let isFailing = false
  /** What is there, or may be there soon; `undefined` as long as nobody has looked. */
  let present: string | null | undefined
  /** What the last operation to end has left there. */
  let left: string | null | undefined
  let underWay = 0
  let isAnyLate = false

  function fail(error: unknown): void {
    if (!isFailing && !bounds.stop.aborted) onError(error)
    isFailing = true
  }

  /** Writes or removes, for as long as it takes. */
  async function operate(text: string | null): Promise<void> {
    underWay++
    try {
      await (text === null ? area.removeItem(key) : area.setItem(key, text))
      left = text
    } finally {
      underWay--
      if (!underWay && isAnyLate) {
        isAnyLate = false
        if (left !== wanted) void put(wanted)
      }
    }
  }

  /** Writes or removes, and says whether that was done in time. */
  async function attempt(text: string | null): Promise<boolean> {
    const operation = operate(text)
    try {
      await within(bounds, () => operation)
      present = text
      if (text !== null) isFailing = false
      return true
    } catch (error) {
      isAnyLate ||= underWay > 0
      fail(error)
      return false
    }
  }

  async function run(): Promise<void> {
    while (isDirty) {
      isDirty = false
      const text = wanted
      const isDone = await attempt(text)
      // A record that could not be replaced holds a spent refresh token: none is better.
      if (!isDone && text !== null && present !== null && present !== text) await attempt(null)
    }
    running = null
  }

  function put(text: string | null): Promise<void> {
    wanted = text
    isDirty = true
    running ??= run()
    return running
  }

  return {
    area,
    put,
    async get() {
      try {
        const text = await within(bounds, () => area.getItem(key))
        present ??= text
        return text
      } catch (error) {
        fail(error)
        return null
      }
    },
  }
}
