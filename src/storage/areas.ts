import type { Surroundings } from '../environment.ts'
import type { AuthStorage } from '../types.ts'

/** Where the records of a session go. */
export interface StorageAreas {
  /** Keeps a session that is to be remembered; none: it lives in memory alone. */
  lasting?: AuthStorage
  /** Keeps a session that ends with its tab; none: it lives in memory alone. */
  tab?: AuthStorage
  /** The page's own, where all tabs of an identity have their record: it can be read in an instant, and has news. */
  page?: Storage
}

/** What the `storage` option takes. */
export type StorageChoice = 'local' | 'session' | 'memory' | AuthStorage

/** What else decides where records go. */
export interface AreaSettings {
  /** None on a server. */
  around: Surroundings | undefined
  /** Whether the server keeps the session. */
  isResumable: boolean
  /** Whether the tabs share the session. */
  crossTab: boolean
  warn(message: string): void
}

/**
 * The storages behind a choice; one that the browser refuses is done without, with a warning.
 *
 * @throws Error where the choice is none
 */
export function storageAreas(choice: StorageChoice, settings: AreaSettings): StorageAreas {
  assertStorage(choice)
  const { around, isResumable, crossTab, warn } = settings
  const custom = typeof choice === 'string' ? undefined : choice
  if (!around) return custom ? { lasting: custom } : {}
  const isShared = crossTab && (isResumable || custom !== undefined)
  if (choice === 'memory' && !isShared) return {}
  const isNeeded = isShared || choice === 'local'
  const page =
    isNeeded || choice === 'session'
      ? webStorage('localStorage', around, isNeeded ? warn : undefined)
      : undefined
  const tab =
    choice === 'memory'
      ? undefined
      : webStorage('sessionStorage', around, choice === 'session' ? warn : undefined)
  const lasting = custom ?? { local: page, session: tab, memory: undefined }[choice as 'local']
  return { ...(lasting && { lasting }), ...(tab && { tab }), ...(page && { page }) }
}

function assertStorage(choice: unknown): void {
  if (['local', 'session', 'memory'].includes(choice as string)) return
  const { getItem, setItem, removeItem } = Object(choice)
  if ([getItem, setItem, removeItem].every((method) => typeof method === 'function')) return
  throw new Error(
    `\`storage\` takes 'local', 'session', 'memory' or an object with getItem, setItem and removeItem, not ${typeof choice === 'string' ? `'${choice}'` : typeof choice}.`,
  )
}

function webStorage(
  name: 'localStorage' | 'sessionStorage',
  around: Surroundings,
  warn?: (message: string) => void,
): Storage | undefined {
  try {
    // Reading the property throws where the browser blocks site data.
    const area = around.storages[name]
    if (area) return area
  } catch {
    // The warning below is the answer.
  }
  warn?.(`${name} is not available: each tab is on its own, and what it knows ends with the page.`)
  return undefined
}
