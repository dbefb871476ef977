import { type Bounds, inTime, within } from '../timing.ts'
import type { AuthStorage } from '../types.ts'

/** One record in one storage. Nothing here rejects. */
export interface Shelf {
  readonly area: AuthStorage
  /** The record, `null` where there is none; `undefined` where the storage does not answer. */
  get(): Promise<string | null | undefined>
  /** Brings the record to this text, or removes it; resolves when that has really happened, or been overtaken. */
  put(text: string | null): Promise<void>
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
}

/** What a shelf is made of. */
export interface ShelfSettings {
  area: AuthStorage
  key: string
  /** After which time an operation counts as failed, although it may still come to its end. */
  bounds: Bounds
  /** Is told of a failure, and of what was to be written (`null`: a removal) where it was a write; once for each run of failures. */
  onError(error: unknown, text?: string | null): void
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
  /** What the last operation to succeed has left there, where that has not been looked at yet. */
  let left: { text: string | null } | null = null
  let underWay = 0
  let isAnyLate = false

  function fail(error: unknown, text?: string | null): void {
    if (!isFailing && !bounds.stop.aborted) onError(error, text)
    isFailing = true
  }

  /** Writes or removes, for as long as it takes. */
  async function operate(text: string | null): Promise<void> {
    underWay++
    try {
      await (text === null ? area.removeItem(key) : area.setItem(key, text))
      left = { text }
    } finally {
      underWay--
      if (!underWay) {
        if (isAnyLate && left && left.text !== wanted) void put(wanted)
        isAnyLate = false
        left = null
      }
    }
  }

  /** Writes or removes, and says whether that was done in time. */
  async function attempt(text: string | null): Promise<boolean> {
    let isOver = false
    try {
      await inTime(
        bounds,
        operate(text).finally(() => (isOver = true)),
      )
      present = text
      if (text !== null) isFailing = false
      return true
    } catch (error) {
      if (!isOver) {
        isAnyLate = true
        present = text
      }
      fail(error, text)
      return false
    }
  }

  async function run(): Promise<void> {
    while (isDirty) {
      isDirty = false
      const text = wanted
      const isOther = present !== null && present !== text
      // A record that could not be replaced holds a spent refresh token: none is better.
      if (!(await attempt(text)) && text !== null && isOther) await attempt(null)
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
    settled: async () => running ?? undefined,
    async get() {
      try {
        const text = await within(bounds, () => area.getItem(key))
        present ??= text
        return text
      } catch (error) {
        fail(error)
        return undefined
      }
    },
  }
}
