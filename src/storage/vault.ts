import { type Bounds, within } from '../timing.ts'
import type { AuthStorage, Awaitable } from '../types.ts'
import type { StorageAreas } from './areas.ts'
import { type SessionRecord, readRecord, writeRecord } from './record.ts'

/** A record, and whether it outlives the tab. */
export interface StoredSession extends SessionRecord {
  readonly remember: boolean
}

/** Keeps at most one session. Nothing here rejects: a storage that fails is reported, and the session lives on. */
export interface Vault {
  /** The stored session; `null` where there is none that can be trusted. */
  read(): Promise<StoredSession | null>
  /** Brings the storage to this state, in the order of the calls; a state in between may be skipped. */
  save(session: StoredSession | null): Promise<void>
}

/** What a vault is made of. */
export interface VaultSettings {
  key: string
  areas: StorageAreas
  /** Bounds one operation of a storage. */
  bounds: Bounds
  report(error: unknown): void
}

/** Makes the vault of one identity. */
export function createVault({ key, areas: { lasting, tab }, bounds, report }: VaultSettings): Vault {
  const areas = [...new Set([tab, lasting])].filter((area) => area !== undefined)
  let wanted: StoredSession | null = null
  let saving: Promise<void> | null = null
  const failing = new Set<AuthStorage>()

  /** One report for each run of failures, or a full disk would report every refresh. */
  async function attempt<T>(
    area: AuthStorage,
    operation: () => Awaitable<T>,
    onLate?: () => void,
  ): Promise<T | null> {
    try {
      const result = await within({ ...bounds, ...(onLate && { onLate }) }, operation)
      failing.delete(area)
      return result
    } catch (error) {
      if (!failing.has(area) && !bounds.stop.aborted) report(error)
      failing.add(area)
      return null
    }
  }

  /** A write that was given up on has come to its end after all, perhaps over a newer state. */
  const again = () => void save(wanted)

  async function put(area: AuthStorage, session: StoredSession): Promise<boolean> {
    const operation = async () => {
      await area.setItem(key, writeRecord(session))
      return true
    }
    return (await attempt(area, operation, again)) ?? false
  }

  async function write(session: StoredSession | null): Promise<void> {
    const home = session?.remember ? lasting : tab
    const kept = session && home && (await put(home, session)) ? home : null
    // A record that could not be replaced holds a spent refresh token: none is better.
    const stale = areas.filter((area) => area !== kept)
    await Promise.all(stale.map((area) => attempt(area, () => area.removeItem(key), again)))
  }

  async function drain(): Promise<void> {
    for (;;) {
      const session = wanted
      await write(session)
      if (session === wanted) return
    }
  }

  function save(session: StoredSession | null): Promise<void> {
    wanted = session
    saving ??= drain().finally(() => (saving = null))
    return saving
  }

  async function read(): Promise<StoredSession | null> {
    for (const area of areas) {
      const record = readRecord(await attempt(area, () => area.getItem(key)))
      if (record) return { ...record, remember: area === lasting }
    }
    return null
  }

  return { read, save }
}
