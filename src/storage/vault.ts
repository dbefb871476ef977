import { type Bounds, within } from '../timing.ts'
import type { AuthStorage, AuthTokens } from '../types.ts'
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
  /** Whether the browser itself tells other tabs of a change to the session they share. */
  readonly hasEvents: boolean
  /** The generation for a new state. */
  advance(): number
  /** Takes note of a generation that another tab has reached. */
  note(generation: number): void
  /** Takes note of a session that another tab wrote, and that this one goes on with. */
  adopt(session: StoredSession): void
  /** The stored session; `null` where there is none that can be trusted. */
  read(): Promise<StoredSession | null>
  /** Whether the storage should hold a session for all tabs: where it does not, somebody has removed it. */
  readonly isKept: boolean
  /** The session that all tabs share, as the storage shows it now; `undefined` where it does not answer. */
  peek(): Promise<StoredSession | null | undefined>
  /** The same in an instant, `undefined` where nothing has changed or the storage takes its time. */
  glance(): StoredSession | null | undefined
  /** Stores a session in the place of whatever there is. What follows another one quickly may be left out. */
  begin(session: StoredSession): Promise<void>
  /** Stores the new state of a session. */
  renew(session: StoredSession): Promise<void>
  /** Removes a session, and lets other tabs hear why. */
  end(session: StoredSession, end: EndRecord): Promise<void>
  /** Removes whatever there is. */
  clear(): Promise<void>
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<unknown>
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

const secretsOf = (tokens?: AuthTokens): string[] =>
  [tokens?.accessToken, tokens?.refreshToken].filter((token) => token !== undefined)

/** Makes the vault of one identity. */
export function createVault({ key, areas: { lasting, tab, page }, bounds, report }: VaultSettings): Vault {
  const areas = [...new Set([tab, lasting])].filter((area) => area !== undefined)
  const shelves = areas.map((area) =>
    createShelf({ area, key, bounds, onError: (error, text) => fail(area, error, text) }),
  )
  let generation = 0
  let secrets: string[] = []
  /** Whether the lasting area holds a session, as far as this tab knows. */
  let isKept = false
  let saves = 0
  let hasFailed = false
  /** What the page's storage holds, as far as this tab knows. */
  let known: string | null = null

  function fail(area: AuthStorage, error: unknown, text?: string | null): void {
    // A read that failed says nothing of what is there.
    if (text !== undefined) hasFailed = true
    if (text !== undefined && area === lasting) isKept = false
    if (text !== undefined && area === page) known = null
    report(error, [...secrets, ...secretsOf(readRecord(text ?? null)?.tokens)])
  }

  async function readFrom({ area, get }: Shelf): Promise<StoredSession | null | undefined> {
    const text = await get()
    if (text === undefined) return undefined
    if (area === page) known = text
    const session = remembered(text, area === lasting)
    if (session?.remember) isKept = true
    return session
  }

  function note(seen: number): void {
    generation = Math.max(generation, seen)
  }

  /** What the page's storage shows at this moment; nothing where there is none, or where it is blocked meanwhile. */
  function look(): string | null | undefined {
    try {
      return page?.getItem(key) as string | null | undefined
    } catch {
      return undefined
    }
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

  /** A session that ends with its tab leaves alone what other tabs keep. */
  const homesOf = ({ remember }: StoredSession) =>
    shelves.filter(({ area }) => area === (remember ? lasting : tab))

  function keep(session: StoredSession, places: Shelf[]): Promise<void> {
    secrets = secretsOf(session.tokens)
    return settle(session.remember, writeRecord(session), places)
  }

  /** Brings some places to the same state: the text in the one that is meant, nothing in the others. */
  async function settle(remember: boolean, text: string | null, places: Shelf[]): Promise<void> {
    const home = remember ? lasting : tab
    const mine = ++saves
    hasFailed = false
    isKept &&= !places.some(({ area }) => area === lasting)
    const written = places.map((shelf) => {
      const own = shelf.area === home ? text : null
      if (shelf.area === page) known = own
      return shelf.put(own)
    })
    const all = Promise.all(written).then(() => {
      if (mine === saves && !hasFailed) isKept ||= text !== null && lasting !== undefined && home === lasting
    })
    // What takes longer goes on by itself, and has been reported.
    await within(bounds, () => all).catch(() => {})
  }

  return {
    isShared: ({ remember }) => remember && lasting !== undefined && lasting !== tab,
    hasEvents: page !== undefined,
    advance() {
      // Above all that was ever written on this device, even where the storage was cleared or has not been read yet.
      note(readRecord(look() ?? null)?.generation ?? 0)
      generation = Math.max(generation + 1, Date.now())
      return generation
    },
    note,
    adopt(session) {
      note(session.generation)
      secrets = secretsOf(session.tokens)
      isKept = true
      if (page) known = writeRecord(session)
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
      const text = look()
      if (text === undefined || text === known) return undefined
      known = text
      return remembered(text, true)
    },
    begin: (session) => keep(session, shelves),
    renew: (session) => keep(session, homesOf(session)),
    end(session, end) {
      if (session.remember && known !== null) announce(end)
      return settle(session.remember, null, homesOf(session))
    },
    clear: () => settle(true, null, shelves),
    settled: () => Promise.all(shelves.map((shelf) => shelf.settled())),
  }
}
