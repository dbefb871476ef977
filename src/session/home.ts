import { type Standing, firstStanding, isBefore } from '../standing.ts'
import { type SessionRecord, readRecord, withoutTokens, writeRecord } from '../storage/record.ts'
import type { StoredText } from '../storage/stored-text.ts'
import type { SharedRecord } from '../tabs/shared-record.ts'
import { pause } from '../timing.ts'
import type { SessionEndReason } from '../types.ts'

/** Where a session is kept, and who shares it. */
export interface Home {
  /** Whether all tabs share the session; else it is this tab's own, and that of its copies. */
  readonly isShared: boolean
  /** Whether each tab gets an access token of its own for the session they share, by a cookie. */
  readonly isPerTab: boolean
  /** What tabs agree on; none where this tab is on its own. */
  readonly record: SharedRecord | null
  /** Where the tokens are, if not in the record. */
  readonly place: StoredText | null
  /** Stops listening to what other tabs do. */
  close(): void
}

/** How long a tab waits for its turn at a storage that all tabs write to, in ms. */
const LONGEST_TURN = 1_000

/** How long tokens that another tab has begun to write may take to show, in ms: its turn comes first. */
const LONGEST_DELAY = 3 * LONGEST_TURN

/** Names a session that begins at a home. */
export const nextStanding = ({ record }: Home): Standing => record?.next() ?? firstStanding(Date.now())

/** A generation above all that is known at a home. */
export const advance = ({ record }: Home, generation: number): number =>
  Math.max(record?.advance() ?? Date.now(), generation + 1)

/** Whether a state at a home is past: what came later stays. */
function isPast({ record }: Home, state: SessionRecord): boolean {
  return Boolean(record?.known && isBefore(state, record.known))
}

/**
 * Changes a storage that all tabs write to, which may be slow: one tab after another, so that nobody writes over what came
 * later.
 */
async function inStorageTurn(
  { record, isShared, isPerTab, place }: Home,
  work: () => Promise<void>,
): Promise<void> {
  if (!record || !isShared || isPerTab || !place) return work()
  const never = new AbortController().signal
  const turn = async () => {
    await record.catchUp(never)
    await work()
  }
  await record.alone({ timeout: LONGEST_TURN, stop: never }, turn).catch(turn)
}

async function store(home: Home, state: SessionRecord): Promise<void> {
  const { record, place, isPerTab } = home
  if (place && isPast(home, state)) return
  if (place) await place.put(writeRecord(state))
  if (place && isPast(home, state)) return
  // What a cookie has brought to one tab is no news to the others.
  if (isPerTab && state.tokens && record?.known?.id === state.id) return
  if (place && record?.known?.id === state.id && record.known.generation === state.generation) return
  await record?.publish(place || isPerTab ? withoutTokens(state) : state)
}

/** Stores a session. Resolves when it can be read by whoever comes next. */
export function save(home: Home, state: SessionRecord): Promise<void> {
  const { record, place } = home
  // That a session has begun is known at once, wherever its tokens are still on their way to.
  if (place && record && record.known?.id !== state.id) void record.publish(withoutTokens(state))
  return inStorageTurn(home, () => store(home, state))
}

/** The same in the turn of whoever asks. */
export const saveInTurn = store

/** Forgets the tokens of a session, unless another one has taken their place. */
export function forget(home: Home, id: string): void {
  void inStorageTurn(home, async () => {
    const known = home.record?.known
    if (!known || known.id === id || known.ended) await home.place?.put(null)
  })
}

/**
 * Writes the end of a session, and forgets its tokens.
 *
 * @param next the home of the session that takes its place
 */
export function writeEnd(
  home: Home,
  { id, generation }: Pick<Standing, 'id' | 'generation'>,
  ended: SessionEndReason,
  isTold: boolean,
  next?: Home,
): void {
  void home.record?.publish({ id, generation: advance(home, generation), ended, isTold })
  if (next?.place !== home.place) forget(home, id)
}

/** What the storage of a home shows of a session. */
export async function readTokens({ place }: Home, id: string): Promise<SessionRecord | null> {
  const text = await place?.get()
  const seen = readRecord(text)
  if (!text || !seen?.tokens || seen.id !== id) return null
  place?.note(text)
  return seen
}

/** The tokens of a state that another tab has written, as soon as its storage shows them. */
export async function findTokens(
  home: Home,
  { id, generation }: Pick<Standing, 'id' | 'generation'>,
  over: AbortSignal,
): Promise<SessionRecord | null> {
  const until = performance.now() + LONGEST_DELAY
  for (let wait = 2; ; wait *= 1.5) {
    const seen = await readTokens(home, id)
    if (seen && seen.generation >= generation) return seen
    if (over.aborted || performance.now() > until) return null
    await pause(wait, over)
  }
}
