import type { AxiosInstance } from 'axios'

/**
 * Is augmented by an application to type what the library cannot know.
 *
 * @example
 * ```ts
 * declare module 'vue-auth-axios' {
 *   interface TypesConfig {
 *     user: { id: number; name: string }
 *   }
 * }
 * ```
 */
export interface TypesConfig {}

/** The signed-in user: `TypesConfig['user']` where an application declares it, a plain record elsewhere. */
export type AuthUser = TypesConfig extends { user: infer User } ? User : Record<string, unknown>

/** A value or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/**
 * The tokens of a session.
 *
 * @see RFC 6749 section 5.1
 */
export interface AuthTokens {
  /** Goes into the `Authorization` header; visible ASCII, or it is refused. */
  accessToken: string
  /** Buys the next access token; absent where the server keeps it in an HttpOnly cookie. */
  refreshToken?: string
  /** The scheme of the `Authorization` header: `'Bearer'` where the server names none, or writes it in another case. */
  tokenType?: string
  /** When the access token ends, in ms since the epoch. Unknown: no proactive refresh, the 401 path alone. */
  expiresAt?: number
  /** The OpenID Connect ID token, kept as it came. */
  idToken?: string
  /** The scopes that were granted, separated by spaces. */
  scope?: string
}

/**
 * What a server answers to a login or a refresh: `AuthTokens`, or the snake_case and camelCase names that servers
 * really send (`access_token | accessToken | access | token`, `refresh_token | refreshToken | refresh`,
 * `expires_in | expiresIn` in seconds, `token_type`, `id_token`, `scope`).
 */
export type TokenReply = AuthTokens | Record<string, unknown>

/** Where a session is kept. `localStorage`, `sessionStorage` and every async look-alike fit. */
export interface AuthStorage {
  /** Reads a record, `null` where there is none. */
  getItem(key: string): Awaitable<string | null>
  /** Writes a record. */
  setItem(key: string, value: string): Awaitable<void>
  /** Removes a record. */
  removeItem(key: string): Awaitable<void>
}

/** What a backend gets to work with. */
export interface BackendContext {
  /**
   * An instance with the settings of the registered one at that moment (adapter, baseURL, XSRF, `withCredentials`),
   * none of its interceptors, and axios' own `validateStatus`, so that a refused refresh is always an error.
   */
  http: AxiosInstance
  /** Is aborted when the attempt has timed out or its application was unmounted. */
  signal: AbortSignal
}

/** How to talk to a server about sessions. Credentials are whatever its `login` takes. */
// oxlint-disable-next-line typescript/no-explicit-any -- a backend is used by code that does not know its credentials
export interface AuthBackend<Credentials = any> {
  /** Trades credentials for tokens. */
  login?(credentials: Credentials, context: BackendContext): Promise<TokenReply>
  /** Trades the refresh token for new tokens; `null` where there is nothing to refresh with: the session is over. */
  refresh(tokens: AuthTokens | null, context: BackendContext): Promise<TokenReply | null>
  /** Tells the server that the session has ended. */
  logout?(tokens: AuthTokens | null, context: BackendContext): Promise<unknown>
  /** Loads the signed-in user through the authorised instance. */
  user?(http: AxiosInstance): Promise<AuthUser>
  /** Says that the server keeps the refresh token, so that it is asked even when nothing is stored. */
  resumable?: boolean
}

/** `'pending'` until the stored session is read, then one of the others. */
export type AuthStatus = 'pending' | 'anonymous' | 'authenticated' | 'expired'

/** Why a session ended. */
export type SessionEndReason = 'logout' | 'expired'
