/** What a page offers to a session: its storages, its events, and the ways to other tabs. */
export interface Surroundings {
  /** Holds `localStorage` and `sessionStorage`; reading either may throw where site data is blocked. */
  readonly storages: Partial<Pick<typeof globalThis, 'localStorage' | 'sessionStorage'>>
  /** Missing on plain http. */
  readonly locks: LockManager | undefined
  /** Where `storage`, `pageshow`, `pagehide`, `visibilitychange`, `focus` and `online` arrive. */
  readonly page: EventTarget
}

/** Whether there is a page; a server that renders has none, even where it has a `navigator`. */
export const inBrowser = (): boolean => typeof document !== 'undefined'

/** The surroundings of this page; none on a server. */
export function surroundings(): Surroundings | undefined {
  if (!inBrowser()) return undefined
  return {
    storages: globalThis,
    locks: navigator.locks,
    page: globalThis.window,
  }
}
