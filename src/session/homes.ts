import type { StorageAreas } from '../storage/areas.ts'
import { type SessionRecord, readRecord } from '../storage/record.ts'
import { createStoredText } from '../storage/stored-text.ts'
import type { TabLocks } from '../tabs/locks.ts'
import { subscribe } from '../tabs/news.ts'
import { type SharedRecord, createSharedRecord } from '../tabs/shared-record.ts'
import type { Bounds } from '../timing.ts'
import type { AuthStorage } from '../types.ts'
import type { Home } from './home.ts'

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

/** What tells homes apart. */
type HomeKind = Pick<Home, 'isShared' | 'isPerTab' | 'place'>

/** Makes homes with the news of them, which can be closed all at once. */
function createBuilder({ page, areas, locks, isFollowing, listener }: HomeSettings) {
  const open = new Set<Home>()
  const { page: local } = areas

  const recordAt = (key: string, area: Storage, owner: Home) =>
    createSharedRecord({
      page,
      area,
      key,
      locks,
      listener: {
        onChange: (state) => listener.onChange(owner, state),
        onCleared: () => listener.onCleared(owner),
        report: listener.report,
      },
    })

  function listen({ look, lookCleared }: SharedRecord, key: string, isShared: boolean): () => void {
    if (!isFollowing) return () => {}
    return subscribe(
      { page, area: local, key },
      {
        onRecord: look,
        onCleared: lookCleared,
        onWake: isShared ? listener.onWake : () => look(),
        onHide() {
          locks?.letGo()
          listener.onHide()
        },
      },
    )
  }

  return {
    build(kind: HomeKind, recordKey: string | null): Home {
      const made: Home & { record: SharedRecord | null } = { ...kind, record: null, close: () => {} }
      if (!recordKey || !local) return made
      made.record = recordAt(recordKey, local, made)
      const end = listen(made.record, recordKey, made.isShared)
      made.close = () => {
        open.delete(made)
        end()
      }
      open.add(made)
      return made
    },
    close() {
      for (const home of open) home.close()
    },
  }
}

/** Makes the homes of one identity. */
export function createHomes(settings: HomeSettings): Homes {
  const { key, areas, isResumable, bounds, listener } = settings
  const { lasting, tab, page: local } = areas
  const { build, close } = createBuilder(settings)

  const text = (area: AuthStorage) =>
    createStoredText({
      area,
      key,
      bounds,
      onError: (error, written) => listener.report(error, readRecord(written)),
    })

  const isShared = isResumable || (lasting !== undefined && lasting !== tab)
  const isInRecord = lasting !== undefined && lasting === local
  const tabText = tab ? text(tab) : null
  const sharedPlace = !lasting || isInRecord ? null : lasting === tab ? tabText : text(lasting)
  const shared = build(
    { isShared: true, isPerTab: isResumable && (!lasting || lasting === tab), place: sharedPlace },
    // A storage of one's own may be `localStorage` underneath, where the tokens have that key.
    isShared ? (sharedPlace && sharedPlace !== tabText ? `${key}#tabs` : key) : null,
  )

  function own(id: string): Home {
    if (local) forgetOldest(local, `${key}#`)
    return build({ isShared: false, isPerTab: false, place: tabText }, tabText && `${key}#${id}`)
  }

  return {
    shared,
    own,
    forNew: (remember, id) => (isResumable || (remember && isShared) ? shared : own(id)),
    // Where the server keeps the session, all tabs share it.
    findOwn: async () => (isResumable ? null : readRecord(await tabText?.get())),
    close,
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
