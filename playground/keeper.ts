import type { InjectionKey } from 'vue'
import type { OAuth2Backend } from 'vue-auth-axios/oauth2'

/**
 * Who keeps the session between visits: this page, in its storage; the server, the refresh token or both tokens in
 * HttpOnly cookies; or this page after a sign-in at an OpenID provider.
 */
export type Keeper = 'page' | 'cookie' | 'hidden' | 'provider'

const KEEPERS: readonly Keeper[] = ['page', 'cookie', 'hidden', 'provider']

/** Provides the keeper this page was loaded with. */
export const keeperKey: InjectionKey<Keeper> = Symbol('keeper')

/** Provides the way to the provider, where one is used. */
export const oauthKey: InjectionKey<OAuth2Backend> = Symbol('oauth')

const REMEMBERED_AS = 'playground:keeper'

/** Reads what was chosen last. */
export function chosenKeeper(): Keeper {
  try {
    return KEEPERS.find((keeper) => keeper === localStorage.getItem(REMEMBERED_AS)) ?? 'page'
  } catch {
    return 'page' // the browser blocks site data
  }
}

/** Chooses, and reloads the page: that is settled when the app is set up. */
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
