import { type Standing, firstStanding, isBefore, latest } from '../standing.ts'
import { type SessionRecord, isReadable, readRecord, withoutTokens, writeRecord } from '../storage/record.ts'
import { pause } from '../timing.ts'
import type { LockBounds, TabLocks } from './locks.ts'
import { type NewsSource, tellWindow } from './news.ts'

/** The one record that all tabs of an identity agree on: the latest state of the latest session that any of them knows. */
export interface SharedRecord {
  /** What this tab knows. */
  readonly known: SessionRecord | null
  /** Takes what the storage shows now, or a text that an event has brought. */
  look(text?: string | null): void
  /** The data of the site were cleared, if the storage says so as well. */
  lookCleared(): void
  /** A generation above all that was written. */
  advance(): number
  /** Names a session that begins. */
  next(): Standing
  /** Writes what this tab does. Resolves when the other tabs can tell that it was written. */
  publish(state: SessionRecord): Promise<void>
  /**
   * Runs some work while no other tab runs its own.
   *
   * @throws DOMException `AbortError` when the wait ran out or was stopped; the work was not begun
   */
  alone<T>(bounds: LockBounds, work: () => Promise<T>): Promise<T>
  /** Looks until the storage shows the newest state that any tab has written, though not for long; says whether it does. */
  catchUp(over: AbortSignal): Promise<boolean>
}

/** Who acts on the record. */
export interface RecordListener {
  /** Another tab has made a later state known. */
  onChange(state: SessionRecord): void
  /** The data of the site were cleared, and a session with them. */
  onCleared(): void
  /** The record could not be written, or something else was found in its place. Said once. */
  report(error: unknown, secrets: SessionRecord | null): void
}

/** Where a record is kept. */
export interface RecordPlace extends NewsSource {
  area: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'length'>
  /** None: every tab works at once. */
  locks: TabLocks | undefined
  listener: RecordListener
}

/** For how long a state that some tab is known to have written may take to show, in ms. */
const LONGEST_DELAY = 1_000

/** How often a record is written again that could not be written, in ms. */
const NEXT_TRY = 1_000

/** Makes the record of one identity. The later state wins, wherever it comes from; whoever knows better writes it again. */
export function createSharedRecord(place: RecordPlace): SharedRecord {
  const { key, locks, listener } = place
  const slot = createSlot(place)
  let known: SessionRecord | null = null
  /** What another tab is known to have written, whether it shows or not. */
  let expected: Standing | null = null
  let wasThere = false
  let hasComplained = false

  const isLater = (seen: SessionRecord) =>
    !known || isBefore(known, seen) || (!isBefore(seen, known) && saysMore(seen, known))

  function take(seen: SessionRecord): void {
    if (!isLater(seen)) return
    known = seen
    listener.onChange(seen)
  }

  /** Takes what an event has brought, over which this tab may just have written something older. */
  function takeNews(text: string): void {
    const before = known
    read(text)
    const shown = slot.peek()
    if (shown && known !== before) restore(shown)
  }

  function read(text: string): SessionRecord | null {
    wasThere = true
    const seen = readRecord(text)
    if (seen) take(seen)
    else if (known && !known.ended && !hasComplained)
      listener.report(new Error(`Something else was stored as "${key}".`), null)
    hasComplained ||= !seen && known !== null
    return seen
  }

  /** What is known is written again where the storage shows less. */
  function restore(seen: SessionRecord | null): void {
    if (!known || (expected && isBefore(known, expected))) return
    const isThere = seen && !isBefore(seen, known) && !saysMore(known, seen)
    if (!isThere) wasThere = slot.restore(known) ?? wasThere
  }

  /** Nothing says nothing, unless all that the site had stored is gone. */
  function onAbsence(isCleared: boolean): void {
    if (!wasThere || !isCleared) return
    wasThere = false
    if (known && !known.ended) listener.onCleared()
  }

  function look(text?: string | null, isCleared?: boolean): void {
    if (text) takeNews(text)
    if (text === null && !isCleared) wasThere = false // one key was removed, which says nothing
    const shown = slot.look()
    if (shown === undefined) return
    if (shown === null) onAbsence(isCleared ?? slot.isCleared())
    restore(shown === null ? null : read(shown))
  }

  const advance = () =>
    Math.max(...[known, expected, slot.peek()].map((state) => state?.generation ?? 0), Date.now() - 1) + 1

  return {
    get known() {
      return known
    },
    look: (text) => look(text),
    lookCleared: () => look(null, true),
    advance,
    next: () => firstStanding(advance()),
    async publish(state) {
      known = state
      wasThere = slot.write(state)
      if (wasThere) tellWindow(place)
      await locks?.announce(key, state)
    },
    alone: (bounds, work) => (locks ? locks.alone(key, bounds, work) : work()),
    async catchUp(over) {
      const until = performance.now() + LONGEST_DELAY
      for (let wait = 2; ; wait *= 1.5) {
        const newest = await locks?.newest(key)
        expected = latest([expected, newest])
        look()
        // An end says all there is to say.
        if (expected?.ended) take(expected)
        if (!expected || (known && !isBefore(known, expected))) return true
        if (over.aborted || performance.now() > until) return false
        await pause(wait, over)
      }
    },
  }
}

/** Whether one of two accounts of the same state holds what the other one lacks: a fence names no more than the state. */
const saysMore = (one: SessionRecord, other: SessionRecord): boolean =>
  Boolean((one.tokens && !other.tokens) || (one.isTold && !other.isTold))

/** The place of the record in the storage. */
interface Slot {
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

function createSlot({ area, key, listener: { report } }: RecordPlace): Slot {
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
