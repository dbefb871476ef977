import type { CreateAxiosDefaults } from 'axios'
import type { AuthAxiosOptions } from '../options.ts'
import type { CookieAttributes, CookieStorageOptions } from '../server/cookie-storage.ts'
import type { ShareRefreshOptions } from '../server/share-refresh.ts'

/** How the cookie of the session is set; its scripts have to read it, so `httpOnly` is not among it. */
export interface SessionCookie extends Partial<Omit<CookieAttributes, 'httpOnly'>> {
  /**
   * Names the cookie; further ones are `<name>.1` and `<name>.2`.
   *
   * @default 'vue-auth-axios.' and the id
   */
  name?: string
}

/** The options of `authAxios` that are plain data, with the meaning they have everywhere. */
type PlainOptions = Pick<AuthAxiosOptions, 'id' | 'redirectQuery' | 'leeway' | 'refreshTimeout' | 'crossTab'>

/** The options of the module: `authAxios` in `nuxt.config`. What is no plain data goes into `auth.config.ts`. */
export interface ModuleOptions extends PlainOptions {
  /**
   * The base of the API, as the browser reaches it. `NUXT_PUBLIC_AUTH_AXIOS_BASE_URL` overrides it at run time.
   *
   * @default '/api'
   */
  baseURL?: string
  /**
   * The base of the API, as the server reaches it; needed where `baseURL` is a path, which leads nowhere on a server.
   * Never sent to the browser. `NUXT_AUTH_AXIOS_SERVER_BASE_URL` overrides it at run time.
   *
   * @default baseURL
   */
  serverBaseURL?: string
  /**
   * Keeps the session. `'cookie'`: both sides have it, and pages are rendered with it. With any other one, and with a
   * backend that keeps the session in a cookie of its own, the server knows no visitor: pages that ask for a session are sent
   * unrendered then.
   *
   * @default 'cookie'
   */
  storage?: 'cookie' | 'local' | 'session' | 'memory'
  /**
   * How the cookie is set.
   *
   * @default 30 days, `path: '/'`, `sameSite: 'lax'`, `secure` but in development
   */
  cookie?: SessionCookie
  /**
   * Whether the server refreshes a token that has died. `'never'`: what needs a live one is loaded in the browser. `'shared'`: it
   * does, once for all that bring the same token, browsers included, which then refresh through the server.
   *
   * @default 'never'
   */
  refreshOnServer?: 'never' | 'shared'
  /**
   * The path of the page to sign in at.
   *
   * @default '/login'
   */
  loginRoute?: string
  /**
   * The path that a login leads to where there is no return path.
   *
   * @default '/'
   */
  homeRoute?: string
  /**
   * The path that a navigation leads to which a `meta.auth` function refuses.
   *
   * @default none
   */
  forbiddenRoute?: string
  /**
   * Origins that get the token besides the API's own.
   *
   * @default none
   */
  attachTo?: string[]
}

/**
 * What `auth.config.ts` (in the app's folder, or beside `nuxt.config`) exports as its default: what is no plain data. Both sides load it.
 * Hooks are called in Nuxt's context, so `navigateTo` and the like work in them.
 *
 * @example
 * ```ts
 * import { httpBackend } from 'vue-auth-axios'
 * import type { AuthConfig } from 'vue-auth-axios/nuxt'
 *
 * export default {
 *   backend: httpBackend({ user: '/auth/me' }),
 *   onSessionEnd: () => clearNuxtData(),
 * } satisfies AuthConfig
 * ```
 */
export interface AuthConfig extends Pick<
  AuthAxiosOptions,
  'backend' | 'authorize' | 'shouldRefresh' | 'isSessionOver' | 'readTokens' | 'onSessionEnd'
> {
  /** Further settings of the axios instance. */
  axios?: CreateAxiosDefaults
  /** Origins that get the token; it decides alone. In the place of the option in `nuxt.config`. */
  attachTo?: (url: URL) => boolean
}

/**
 * What `server/auth.config.ts` exports as its default, where `refreshOnServer` is `'shared'`: the engine through which
 * processes and machines share their refreshes. The browser never loads it.
 *
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import type { ServerAuthConfig } from 'vue-auth-axios/nuxt'
 * import { redisResults } from 'vue-auth-axios/server'
 *
 * const client = await createClient({ url: process.env.REDIS_URL }).connect()
 * export default { results: redisResults(client) } satisfies ServerAuthConfig
 * ```
 */
export type ServerAuthConfig = ShareRefreshOptions

/** What reaches the browser: all but `serverBaseURL`. */
export type PublicSettings = Omit<ModuleOptions, 'serverBaseURL'> &
  Required<Pick<ModuleOptions, 'baseURL' | 'storage' | 'refreshOnServer' | 'loginRoute'>>

/** Where browsers refresh through the server. */
export const REFRESH_ROUTE = '/_auth-axios/refresh'

/** The name of a storage key's cookie, where it was given. */
export const cookieOptions = ({ name, ...attributes }: SessionCookie = {}): CookieStorageOptions => ({
  ...attributes,
  ...(name !== undefined && { name: () => name }),
})
