import { type Standing, isBefore } from '../standing.ts'
import type { StorageAreas } from '../storage/areas.ts'
import { type SessionRecord, readRecord, withoutTokens, writeRecord } from '../storage/record.ts'
import { type StoredText, createStoredText } from '../storage/stored-text.ts'
import type { TabLocks } from '../tabs/locks.ts'
import { subscribe } from '../tabs/news.ts'
import { type SharedRecord, createSharedRecord } from '../tabs/shared-record.ts'
import { type Bounds, pause } from '../timing.ts'
import type { AuthStorage, SessionEndReason } from '../types.ts'

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

/** The homes of one identity. */
export interface Homes {
  /** Of the session that all tabs share. */
  readonly shared: Home
  /** Of a session that ends with this tab. */
  own(id: string): Home
  /** Of a session that begins. */
  forNew(remember: boolean, id: string): Home
  /** A session of this tab's own that was there before the page was loaded. */
  findOwn(): Promise<SessionRecord | null>
  /** Lets go of all of them. */
  close(): void
}

/** Who acts on what other tabs do. */
export interface HomeListener {
  onChange(home: Home, state: SessionRecord): void
  onCleared(home: Home): void
  onWake(): void
  /** The page is hidden, perhaps for good. */
  onHide(): void
  report(error: unknown, secrets: SessionRecord | null): void
}

/** What homes are made of. */
export interface HomeSettings {
  /** Of the record, in whatever storage. */
  key: string
  areas: StorageAreas
  /** Whether the server keeps the session. */
  isResumable: boolean
  /** Where news arrive. */
  page: EventTarget
  /** Whether what other tabs do is of interest. */
  isFollowing: boolean
  locks: TabLocks | undefined
  /** Bounds the wait for one operation of a storage. */
  bounds: Bounds
  listener: HomeListener
}

/** How many tabs with a session of their own are remembered, for their copies. */
const MOST_OWN = 20

/** Makes the homes of one identity. */
export function createHomes(settings: HomeSettings): Homes {
  const { key, areas, isResumable, bounds, listener } = settings
  const { lasting, tab, page: local } = areas
  const open = new Set<Home>()

  const text = (area: AuthStorage) =>
    createStoredText({
      area,
      key,
      bounds,
      onError: (error, written) => listener.report(error, readRecord(written)),
    })

  /** A home, and the news of it. */
  function home(kind: Pick<Home, 'isShared' | 'isPerTab' | 'place'>, recordKey: string | null): Home {
    const made: Home & { record: SharedRecord | null } = { ...kind, record: null, close: () => {} }
    if (recordKey && local) {
      made.record = recordAt(recordKey, local, made)
      const end = listen(made, recordKey, local)
      made.close = () => {
        open.delete(made)
        end()
      }
      open.add(made)
    }
    return made
  }

  const recordAt = (recordKey: string, area: Storage, owner: Home) =>
    createSharedRecord({
      page: settings.page,
      area,
      key: recordKey,
      locks: settings.locks,
      listener: {
        onChange: (state) => listener.onChange(owner, state),
        onCleared: () => listener.onCleared(owner),
        report: listener.report,
      },
    })

  function listen({ record, isShared }: Home, recordKey: string, area: Storage): () => void {
    const { page, locks, isFollowing } = settings
    if (!isFollowing || !record) return () => {}
    return subscribe(
      { page, area, key: recordKey },
      {
        onRecord: record.look,
        onCleared: record.lookCleared,
        onWake: isShared ? listener.onWake : () => record.look(),
        onHide() {
          locks?.letGo()
          listener.onHide()
        },
      },
    )
  }

  const isShared = isResumable || (lasting !== undefined && lasting !== tab)
  const isInRecord = lasting !== undefined && lasting === local
  const tabText = tab ? text(tab) : null
  const sharedPlace = !lasting || isInRecord ? null : lasting === tab ? tabText : text(lasting)
  const shared = home(
    { isShared: true, isPerTab: isResumable && (!lasting || lasting === tab), place: sharedPlace },
    // A storage of one's own may be `localStorage` underneath, where the tokens have that key.
    isShared ? (sharedPlace && sharedPlace !== tabText ? `${key}#tabs` : key) : null,
  )

  function own(id: string): Home {
    const recordKey = `${key}#${id}`
    if (local) forgetOldest(local, `${key}#`)
    return home({ isShared: false, isPerTab: false, place: tabText }, tabText && recordKey)
  }

  return {
    shared,
    own,
    forNew: (remember, id) => (isResumable || (remember && isShared) ? shared : own(id)),
    // Where the server keeps the session, all tabs share it.
    findOwn: async () => (isResumable ? null : readRecord(await tabText?.get())),
    close() {
      for (const one of open) one.close()
    },
  }
}

/** Removes what is left of tabs that are long gone. */
function forgetOldest(area: Storage, prefix: string): void {
  const names = Array.from({ length: area.length }, (_, index) => area.key(index) ?? '')
  const tabs = names
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, born: readRecord(area.getItem(name))?.generation ?? 0 }))
  tabs.sort((one, other) => other.born - one.born)
  for (const { name } of tabs.slice(MOST_OWN)) area.removeItem(name)
}

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

/** How long a tab waits for its turn at a storage that all tabs write to, in ms. */
const LONGEST_TURN = 1_000

/** How long tokens that another tab has begun to write may take to show, in ms: its turn comes first. */
const LONGEST_DELAY = 3 * LONGEST_TURN

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
