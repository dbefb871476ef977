import type { Surroundings } from '../environment.ts'
import type { AuthStorage } from '../types.ts'

/** Where the records of a session go. */
export interface StorageAreas {
  /** Keeps a session that is to be remembered; none: it lives in memory alone. */
  lasting?: AuthStorage
  /** Keeps a session that ends with its tab; none: it lives in memory alone. */
  tab?: AuthStorage
  /** The lasting area where it is the page's own: it can be read in an instant, and tells other tabs of changes. */
  page?: AuthStorage
}

/** What the `storage` option takes. */
export type StorageChoice = 'local' | 'session' | 'memory' | AuthStorage

/** The storages behind a choice; one that the browser refuses is replaced by memory, with a warning. */
export function storageAreas(
  choice: StorageChoice,
  around: Surroundings | undefined,
  warn: (message: string) => void,
): StorageAreas {
  if (choice === 'memory' || (typeof choice === 'string' && !around)) return {}
  const tab = webStorage('sessionStorage', around, choice === 'session' ? warn : undefined)
  if (choice === 'session') return tab ? { lasting: tab, tab } : {}
  const page = choice === 'local' ? webStorage('localStorage', around, warn) : undefined
  const lasting = choice === 'local' ? page : choice
  return { ...(lasting && { lasting }), ...(tab && { tab }), ...(page && { page }) }
}

function webStorage(
  name: 'localStorage' | 'sessionStorage',
  around: Surroundings | undefined,
  warn?: (message: string) => void,
): AuthStorage | undefined {
  try {
    // Reading the property throws where the browser blocks site data.
    const area = around?.storages[name]
    if (area) return area
  } catch {
    // The warning below is the answer.
  }
  warn?.(`${name} is not available: the session is kept in memory and ends with the page.`)
  return undefined
}
