import type { InjectionKey } from 'vue'

/** Who keeps the session between visits: this page, in its storage, or the server, behind a cookie. */
export type Keeper = 'page' | 'server'

/** Provides the keeper this page was loaded with. */
export const keeperKey: InjectionKey<Keeper> = Symbol('keeper')

const REMEMBERED_AS = 'playground:keeper'

/** Reads what was chosen last. */
export function chosenKeeper(): Keeper {
  try {
    return localStorage.getItem(REMEMBERED_AS) === 'server' ? 'server' : 'page'
  } catch {
    return 'page' // the browser blocks site data
  }
}

/** Chooses, and loads the page anew: that is settled when the app is set up. */
export function chooseKeeper(keeper: Keeper): void {
  localStorage.setItem(REMEMBERED_AS, keeper)
  location.reload()
}

/** Finds a token where the browser's own tools would show it. */
export function placeOf(token: string): 'localStorage' | 'sessionStorage' | 'memory' {
  const places = ['localStorage', 'sessionStorage'] as const
  const holds = (storage: Storage) => Object.values(storage).some((record) => String(record).includes(token))
  try {
    return places.find((place) => holds(globalThis[place])) ?? 'memory'
  } catch {
    return 'memory' // the browser blocks site data
  }
}
