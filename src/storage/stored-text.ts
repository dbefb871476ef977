import { type Bounds, inTime, within } from '../timing.ts'
import type { AuthStorage } from '../types.ts'

/** One text in one storage, which may be slow. Nothing here rejects. */
export interface StoredText {
  /** The text, `null` where there is none; `undefined` where the storage does not answer. */
  get(): Promise<string | null | undefined>
  /** Brings the storage to this text, or removes it; resolves when that has happened, has failed or takes too long. */
  put(text: string | null): Promise<void>
  /** Whether the last write has failed. */
  readonly isFailing: boolean
  /** Takes note of what another tab has written: it is what the storage is to show. */
  note(text: string): void
}

/** What a stored text is made of. */
export interface StoredTextSettings {
  area: AuthStorage
  key: string
  /** After which time an operation counts as failed, although it may still come to its end. */
  bounds: Bounds
  /** Is told of a failure, and of what was to be written, once for each run of failures. */
  onError(error: unknown, text?: string | null): void
}

/**
 * Keeps a text in a storage. A write begins when the one before has ended or been given up on; one that comes to its end
 * after all, perhaps over something newer, is made good for. The first one begins at once.
 */
export function createStoredText({ area, key, bounds, onError }: StoredTextSettings): StoredText {
  let wanted: string | null = null
  let isDirty = false
  let running: Promise<void> | null = null
  let isFailing = false
  let underWay = 0
  let isAnyLate = false

  function fail(error: unknown, text?: string | null): void {
    if (!isFailing && !bounds.stop?.aborted) onError(error, text)
    isFailing = true
  }

  /** Writes or removes, for as long as it takes. */
  async function operate(text: string | null): Promise<void> {
    underWay++
    try {
      await (text === null ? area.removeItem(key) : area.setItem(key, text))
    } finally {
      underWay--
      if (!underWay && isAnyLate) {
        isAnyLate = false
        if (text !== wanted) void put(wanted)
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
      if (text !== null) isFailing = false
      return true
    } catch (error) {
      isAnyLate ||= !isOver
      fail(error, text)
      return false
    }
  }

  async function run(): Promise<void> {
    while (isDirty) {
      isDirty = false
      const text = wanted
      // A record that could not be replaced holds a spent refresh token: none is better.
      if (!(await attempt(text)) && text !== null) await attempt(null)
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
    put,
    get isFailing() {
      return isFailing
    },
    note: (text) => void (wanted = text),
    async get() {
      try {
        return (await within(bounds, () => area.getItem(key))) ?? null
      } catch (error) {
        fail(error)
        return undefined
      }
    },
  }
}
