import { type Bounds, within } from '../timing.ts'
import type { AuthStorage } from '../types.ts'
import type { StorageAreas } from './areas.ts'
import { type EndRecord, type SessionRecord, readRecord, writeEnd, writeRecord } from './record.ts'
import { type Shelf, createShelf } from './shelf.ts'

/** A record, and whether it outlives the tab. */
export interface StoredSession extends SessionRecord {
  readonly remember: boolean
}

/** Keeps at most one session. Nothing here rejects: a storage that fails is reported, and the session lives on. */
export interface Vault {
  /** Whether other tabs see a session that is kept so. */
  isShared(session: Pick<StoredSession, 'remember'>): boolean
  /** Whether the browser itself tells other tabs of a change to a session that is kept so. */
  hasEvents(session: Pick<StoredSession, 'remember'>): boolean
  /** The newest generation this tab knows of. */
  readonly generation: number
  /** The generation for a new state. */
  advance(): number
  /** Takes note of a state that another tab wrote. */
  note(generation: number): void
  /** The stored session; `null` where there is none that can be trusted. */
  read(): Promise<StoredSession | null>
  /** Whether the storage should hold a session for all tabs: where it does not, somebody has removed it. */
  readonly isKept: boolean
  /** The session that all tabs share, as the storage shows it now. */
  peek(): Promise<StoredSession | null>
  /** The same in an instant, `undefined` where nothing has changed or the storage takes its time. */
  glance(): StoredSession | null | undefined
  /** Brings the storage to this state, in the order of the calls; a state in between may be skipped. */
  save(state: StoredSession | EndRecord | null): Promise<void>
}

/** What a vault is made of. */
export interface VaultSettings {
  key: string
  areas: StorageAreas
  /** Bounds the wait for one operation of a storage. */
  bounds: Bounds
  /** Is told of a failure, and of what must not be told of it. */
  report(error: unknown, secrets: string[]): void
}

type State = StoredSession | EndRecord | null

const isEnd = (state: State): state is EndRecord => state !== null && 'ended' in state

/** Makes the vault of one identity. */
export function createVault({ key, areas: { lasting, tab, page }, bounds, report }: VaultSettings): Vault {
  const areas = [...new Set([tab, lasting])].filter((area) => area !== undefined)
  const shelves = areas.map((area) =>
    createShelf({ area, key, bounds, onError: (error) => fail(area, error) }),
  )
  let generation = 0
  let secrets: string[] = []
  /** Whether the lasting area holds a session, as far as this tab knows. */
  let isKept = false
  /** What the page's storage holds, as far as this tab knows. */
  let known: string | null = null

  function fail(area: AuthStorage, error: unknown): void {
    if (area === lasting) isKept = false
    if (area === page) known = null
    report(error, secrets)
  }

  async function readFrom({ area, get }: Shelf): Promise<StoredSession | null> {
    const text = await get()
    if (area === page) known = text
    const session = remembered(text, area === lasting)
    if (session?.remember) isKept = true
    return session
  }

  function remembered(text: string | null, remember: boolean): StoredSession | null {
    const record = readRecord(text)
    return record && { ...record, remember }
  }

  /** Other tabs get an event for the record of an end, and another one when it is removed. */
  function announce(end: EndRecord): void {
    try {
      void page?.setItem(key, writeEnd(end))
    } catch {
      // A full disk: they hear of the removal alone.
    }
  }

  return {
    isShared: ({ remember }) => remember && lasting !== undefined && lasting !== tab,
    hasEvents: ({ remember }) => remember && page !== undefined,
    get generation() {
      return generation
    },
    advance: () => ++generation,
    note(seen) {
      generation = Math.max(generation, seen)
    },
    async read() {
      for (const shelf of shelves) {
        const session = await readFrom(shelf)
        if (session) return session
      }
      return null
    },
    get isKept() {
      return isKept
    },
    async peek() {
      const shelf = shelves.find(({ area }) => area === lasting)
      return shelf ? readFrom(shelf) : null
    },
    glance() {
      if (!page) return undefined
      try {
        const text = page.getItem(key) as string | null
        if (text === known) return undefined
        known = text
        return remembered(text, true)
      } catch {
        return undefined // blocked meanwhile: what is in memory goes on
      }
    },
    async save(state) {
      const session = isEnd(state) ? null : state
      const home = session?.remember ? lasting : tab
      const text = session && writeRecord(session)
      if (session)
        secrets = [session.tokens.accessToken, session.tokens.refreshToken].filter(
          (token) => token !== undefined,
        )
      if (isEnd(state) && known !== null) announce(state)
      known = home === page ? text : null
      isKept = text !== null && home === lasting
      const written = shelves.map((shelf) => shelf.put(shelf.area === home ? text : null))
      // What takes longer goes on by itself, and has been reported.
      await within(bounds, () => Promise.all(written)).catch(() => {})
    },
  }
}
