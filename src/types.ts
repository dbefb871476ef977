import type { AxiosHeaders, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'

/**
 * Is augmented by an application to type what the library cannot know.
 *
 * @example
 * ```ts
 * declare module 'vue-auth-axios' {
 *   interface TypesConfig {
 *     user: { id: number; name: string }
 *     credentials: { username: string; password: string }
 *   }
 * }
 * ```
 */
export interface TypesConfig {}

/** What `login` takes: `TypesConfig['credentials']` where an application declares it, anything elsewhere. */
export type AuthCredentials = TypesConfig extends { credentials: infer Credentials } ? Credentials : unknown

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
  refreshToken?: string | undefined
  /** The scheme of the `Authorization` header: `'Bearer'` where the server names none, or writes it in another case. */
  tokenType?: string | undefined
  /** When the access token ends, in ms since the epoch. Unknown: no proactive refresh, the 401 path alone. */
  expiresAt?: number | undefined
  /** The OpenID Connect ID token, kept as it came. */
  idToken?: string | undefined
  /** The scopes that were granted, separated by spaces. */
  scope?: string | undefined
}

/**
 * What a server answers to a login or a refresh: `AuthTokens`, or the snake_case and camelCase names that servers
 * really send (`access_token | accessToken | access | token | jwt`, `refresh_token | refreshToken | refresh`,
 * `expires_in | expiresIn` in seconds, `expires_at | expiresAt` in ms, seconds or as an ISO date, `token_type`, `id_token`,
 * `scope`), at the top or one level down in `data`, `tokens` or `token`.
 */
export type TokenReply = AuthTokens | Record<string, unknown>

/** Where the tokens of a session are kept. `localStorage`, `sessionStorage` and every async look-alike fit. */
export interface AuthStorage {
  /** Reads a record; `null` or `undefined` where there is none. */
  getItem(key: string): Awaitable<string | null | undefined>
  /** Writes a record. */
  setItem(key: string, value: string): Awaitable<unknown>
  /** Removes a record. */
  removeItem(key: string): Awaitable<unknown>
}

/** What a backend gets to work with. */
export interface BackendContext {
  /**
   * An instance with the settings of the registered one at that moment (adapter, baseURL, XSRF, `withCredentials`),
   * none of its interceptors, no default `Authorization`, and axios' own `validateStatus`, so that a refused refresh is
   * always an error. In `logout` it puts the tokens that are to be signed out on its requests, by `authorize`, but for
   * those with `withAuth: false`.
   */
  http: AxiosInstance
  /** Is aborted when the attempt is given up. */
  signal: AbortSignal
}

/** How to talk to a server about sessions. Credentials are whatever its `login` takes. */
// oxlint-disable-next-line typescript/no-explicit-any -- a backend is used by code that does not know its credentials
export interface AuthBackend<Credentials = any> {
  /** Trades credentials for tokens; `true` where the server keeps all of them to itself, in HttpOnly cookies. */
  login?(credentials: Credentials, context: BackendContext): Awaitable<TokenReply | true>
  /**
   * Trades the refresh token for new tokens; `true` where the server keeps all of them to itself; `null` where there is
   * nothing to refresh with: the session is over.
   */
  refresh(tokens: AuthTokens | null, context: BackendContext): Awaitable<TokenReply | true | null>
  /** Tells the server that the session has ended. */
  logout?(tokens: AuthTokens | null, context: BackendContext): Awaitable<unknown>
  /** Loads the signed-in user through the authorised instance. */
  user?(http: AxiosInstance, tokens: AuthTokens | null): Awaitable<AuthUser>
  /** Says that the server keeps the session, in a cookie, so that it is asked even when nothing is stored. */
  resumable?: boolean
  /** Says that `logout` wants no access token, so that a dead one is not refreshed for it. */
  logoutWithoutToken?: boolean
  /** Puts the tokens on a request, unless the `authorize` option is given. */
  authorize?(
    headers: AxiosHeaders,
    tokens: AuthTokens,
    config: InternalAxiosRequestConfig,
  ): Awaitable<unknown>
  /**
   * Reads an answer to a request that carried the tokens, before anything else does. `true`: the request is sent once
   * more with the same tokens, authorised again, as after a DPoP nonce challenge (RFC 9449 section 9).
   */
  retries?(response: AxiosResponse): Awaitable<boolean>
  /**
   * Is told of every session that ends in this tab, whatever the reason, with the last tokens it had, so that what
   * belongs to it can go as well. Other tabs are told of theirs.
   */
  ended?(tokens: AuthTokens): Awaitable<unknown>
}

/** `'pending'` until the stored session is read, then one of the others. */
export type AuthStatus = 'pending' | 'anonymous' | 'authenticated' | 'expired'

/** Why a session ended: by intent, because the server refused to go on with it, or because another login took its place. */
export type SessionEndReason = 'logout' | 'expired' | 'replaced'

/** What else is known of the end of a session. */
export interface SessionEndDetails {
  /** What happened underneath; there for every session that has expired. */
  cause?: unknown
}
