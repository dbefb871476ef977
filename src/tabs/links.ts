import type { Surroundings } from '../environment.ts'
import type { AuthStorage } from '../types.ts'
import { type TabLocks, createTabLocks } from './locks.ts'
import { type News, type NewsListeners, createNews } from './news.ts'

/** The ways from one tab of an identity to the others. */
export interface TabLinks {
  locks: TabLocks
  subscribe(listeners: NewsListeners): News
}

/** What the tabs of an identity have in common. */
export interface LinkSettings {
  /** The storage key. */
  key: string
  /** The storage whose events are news, if any. */
  storage: AuthStorage | undefined
  /** Is called when tabs cannot be kept apart. */
  onMissing(): void
}

/** Links a tab to the others of its identity, as far as its surroundings allow. */
export function linkTabs(around: Surroundings, { key, storage, onMissing }: LinkSettings): TabLinks {
  const name = `vue-auth-axios:${key}`
  return {
    locks: createTabLocks({ manager: around.locks, name, onMissing }),
    subscribe: (listeners) =>
      createNews({ name, key, page: around.page, storage, open: around.openChannel, listeners }),
  }
}
