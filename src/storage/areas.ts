import { inBrowser } from '../environment.ts'
import type { AuthStorage } from '../types.ts'

/** Where the records of a session go. */
export interface StorageAreas {
  /** Keeps a session that is to be remembered; none: it lives in memory alone. */
  lasting?: AuthStorage
  /** Keeps a session that ends with its tab; none: it lives in memory alone. */
  tab?: AuthStorage
}

/** What the `storage` option takes. */
export type StorageChoice = 'local' | 'session' | 'memory' | AuthStorage

/** The storages behind a choice; one that the browser refuses is replaced by memory, with a warning. */
export function storageAreas(choice: StorageChoice, warn: (message: string) => void): StorageAreas {
  if (choice === 'memory') return {}
  if (typeof choice === 'string' && !inBrowser()) return {}
  if (choice === 'session') {
    const area = webStorage('sessionStorage', warn)
    return present({ lasting: area, tab: area })
  }
  const lasting = choice === 'local' ? webStorage('localStorage', warn) : choice
  return present({ lasting, tab: inBrowser() ? webStorage('sessionStorage') : undefined })
}

function webStorage(
  name: 'localStorage' | 'sessionStorage',
  warn?: (message: string) => void,
): AuthStorage | undefined {
  try {
    // Reading the property throws where the browser blocks site data.
    const area: Storage | undefined = globalThis[name]
    if (area) return area
  } catch {
    // The warning below is the answer.
  }
  warn?.(`${name} is not available: the session is kept in memory and ends with the page.`)
  return undefined
}

function present({
  lasting,
  tab,
}: {
  lasting?: AuthStorage | undefined
  tab?: AuthStorage | undefined
}): StorageAreas {
  return { ...(lasting && { lasting }), ...(tab && { tab }) }
}
