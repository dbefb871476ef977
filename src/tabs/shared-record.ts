import { type Standing, firstStanding, isBefore, latest } from '../standing.ts'
import { type SessionRecord, readRecord } from '../storage/record.ts'
import { pause } from '../timing.ts'
import type { LockBounds, TabLocks } from './locks.ts'
import { type NewsSource, tellWindow } from './news.ts'
import { createSlot } from './slot.ts'

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

/** What this tab knows, and what the storage shows of it. */
interface Knowledge {
  readonly known: SessionRecord | null
  look(text?: string | null, isCleared?: boolean): void
  /** Another tab is known to have written this, whether it shows or not. */
  expect(standing: Standing | null): void
  /** Whether this tab knows of all that any tab is known to have written. An end says all there is to say. */
  hasCaughtUp(): boolean
  advance(): number
  /** Writes a state, and says whether it is there. */
  write(state: SessionRecord): boolean
}

/** The later state wins, wherever it comes from; whoever knows better writes it again. */
function createKnowledge({ area, key, listener }: RecordPlace): Knowledge {
  const slot = createSlot({ area, key, report: listener.report })
  let known: SessionRecord | null = null
  let expected: Standing | null = null
  let wasThere = false
  let hasComplained = false

  const isLater = (seen: SessionRecord) =>
    !known || isBefore(known, seen) || (!isBefore(seen, known) && saysMore(seen, known))

  const isBehind = () => expected !== null && (!known || isBefore(known, expected))

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
    if (!known || isBehind()) return
    const isThere = seen && !isBefore(seen, known) && !saysMore(known, seen)
    if (!isThere) wasThere = slot.restore(known) ?? wasThere
  }

  /** Nothing says nothing, unless all that the site had stored is gone. */
  function onAbsence(isCleared: boolean): void {
    if (!wasThere || !isCleared) return
    wasThere = false
    if (known && !known.ended) listener.onCleared()
  }

  return {
    get known() {
      return known
    },
    look(text, isCleared) {
      if (text) takeNews(text)
      if (text === null && !isCleared) wasThere = false // one key was removed, which says nothing
      const shown = slot.look()
      if (shown === undefined) return
      if (shown === null) onAbsence(isCleared ?? slot.isCleared())
      restore(shown === null ? null : read(shown))
    },
    expect(standing) {
      expected = latest([expected, standing])
    },
    hasCaughtUp() {
      if (expected?.ended) take(expected)
      return !isBehind()
    },
    advance: () =>
      Math.max(...[known, expected, slot.peek()].map((state) => state?.generation ?? 0), Date.now() - 1) + 1,
    write(state) {
      known = state
      wasThere = slot.write(state)
      return wasThere
    },
  }
}

/** Makes the record of one identity. */
export function createSharedRecord(place: RecordPlace): SharedRecord {
  const { key, locks } = place
  const knowledge = createKnowledge(place)
  const { look, advance } = knowledge

  return {
    get known() {
      return knowledge.known
    },
    look: (text) => look(text),
    lookCleared: () => look(null, true),
    advance,
    next: () => firstStanding(advance()),
    async publish(state) {
      if (knowledge.write(state)) tellWindow(place)
      await locks?.announce(key, state)
    },
    alone: (bounds, work) => (locks ? locks.alone(key, bounds, work) : work()),
    async catchUp(over) {
      const until = performance.now() + LONGEST_DELAY
      for (let wait = 2; ; wait *= 1.5) {
        knowledge.expect((await locks?.newest(key)) ?? null)
        look()
        if (knowledge.hasCaughtUp()) return true
        if (over.aborted || performance.now() > until) return false
        await pause(wait, over)
      }
    },
  }
}

/** Whether one of two accounts of the same state holds what the other one lacks: a fence names no more than the state. */
const saysMore = (one: SessionRecord, other: SessionRecord): boolean =>
  Boolean((one.tokens && !other.tokens) || (one.isTold && !other.isTold))
