import { type SessionRecord, isReadable, readRecord, withoutTokens, writeRecord } from '../storage/record.ts'

/** How often a record is written again that could not be written, in ms. */
const NEXT_TRY = 1_000

/** Where a slot is. */
export interface SlotPlace {
  area: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'length'>
  key: string
  /** The record could not be written; said once for each run of failures. */
  report(error: unknown, secrets: SessionRecord | null): void
}

/** The place of the record in the storage. */
export interface Slot {
  /** What is there, where that is not what was there before; `null` where nothing is, `undefined` where nothing is new. */
  look(): string | null | undefined
  /** What is there, without taking note of it. */
  peek(): SessionRecord | null
  /** Whether the whole storage is empty. */
  isCleared(): boolean
  /** Writes a record, and says whether something of it is there. */
  write(state: SessionRecord): boolean
  /** The same, unless it has just failed: `undefined`. */
  restore(state: SessionRecord): boolean | undefined
}

/** Makes the place of a record in a storage. */
export function createSlot({ area, key, report }: SlotPlace): Slot {
  let last: string | null = null
  let failedAt = -Infinity
  let isFailing = false

  function get(): string | null | undefined {
    try {
      return area.getItem(key)
    } catch {
      return undefined // site data are blocked meanwhile
    }
  }

  function attempt(text: string): boolean {
    area.setItem(key, text)
    last = text
    return true
  }

  /** A record that could not be replaced holds a spent refresh token: what is left names the newest state alone. */
  function makeDo(state: SessionRecord): boolean {
    const text = writeRecord(withoutTokens(state))
    try {
      return attempt(text)
    } catch {
      last = null
    }
    try {
      area.removeItem(key)
      return attempt(text)
    } catch {
      return false
    }
  }

  function write(state: SessionRecord): boolean {
    const text = writeRecord(state)
    try {
      if (!isReadable(text)) throw new RangeError('The tokens are too long to be stored.')
      isFailing = !attempt(text)
      return true
    } catch (error) {
      if (!isFailing) report(error, state)
      isFailing = true
      failedAt = performance.now()
      return makeDo(state)
    }
  }

  return {
    look() {
      const shown = get()
      if (shown === undefined || (shown !== null && shown === last && !isFailing)) return undefined
      last = shown
      return shown
    },
    peek: () => readRecord(get()),
    isCleared: () => area.length === 0,
    write,
    restore(state) {
      const isLeft = isFailing && performance.now() < failedAt + NEXT_TRY
      return isLeft ? undefined : write(state)
    },
  }
}
