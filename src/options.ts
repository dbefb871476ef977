import type {
  AxiosHeaders,
  AxiosInstance,
  AxiosResponse,
  CreateAxiosDefaults,
  InternalAxiosRequestConfig,
} from 'axios'
import type {
  AuthBackend,
  AuthStorage,
  AuthTokens,
  Awaitable,
  SessionEndDetails,
  SessionEndReason,
  TokenReply,
} from './types.ts'
import type { RouteLocationRaw, Router } from './vue-router.ts'

/** Options of `app.use(authAxios, options)` and `createAuthAxios(options)`. Every member has a default. */
export interface AuthAxiosOptions {
  /**
   * Names the identity, and is the id of its store. The storage key, the locks and all else that tabs share is
   * `vue-auth-axios:<id>`. A second id is a second, separate identity.
   *
   * @default 'authAxios'
   */
  id?: string
  /**
   * Settings for a new instance, or an instance to adopt; the interceptors of an adopted one stay.
   *
   * @default {}
   */
  axios?: CreateAxiosDefaults | AxiosInstance
  /**
   * Talks to the server about sessions.
   *
   * @default httpBackend()
   */
  backend?: AuthBackend
  /**
   * Keeps the session between visits.
   *
   * @default 'local' in a browser; 'memory' where there is none, and with a resumable backend
   */
  storage?: 'local' | 'session' | 'memory' | AuthStorage
  /**
   * The router to send visitors around with.
   *
   * @default the application's own, if any
   */
  router?: Router
  /**
   * Where a visitor whose session is over lands; never guarded itself. Matched as the router does it: an alias, a trailing
   * slash or another case is the same page.
   *
   * @default '/login'
   */
  loginRoute?: RouteLocationRaw
  /**
   * Where a login leads when there is no return path.
   *
   * @default '/'
   */
  homeRoute?: RouteLocationRaw
  /**
   * Where a navigation leads that a `meta.auth` function refuses; never a return path. None: it is cancelled, and where
   * there is nothing to stay at (the first one, the refused page itself navigated to again) it goes to `homeRoute`.
   */
  forbiddenRoute?: RouteLocationRaw
  /**
   * Names the query parameter of `loginRoute` that holds the return path.
   *
   * @default 'redirect'
   */
  redirectQuery?: string
  /**
   * How long before its end a token is refreshed beside the requests that use it, in seconds; never more than half
   * of the token's lifetime. By chance up to half as much earlier, so that tokens issued together do not come together.
   *
   * @default 30
   */
  leeway?: number
  /**
   * How long anyone waits for one refresh attempt, a storage or a logout endpoint, in ms; `Infinity` is allowed. An answer
   * that comes later is taken all the same.
   *
   * @default 10_000
   */
  refreshTimeout?: number
  /**
   * Puts the tokens on a request, that of a logout included. One that throws rejects the request, and nothing is sent.
   *
   * @default sets `Authorization: <tokenType> <accessToken>`
   * @see RFC 6750 section 2.1
   */
  authorize?: (
    headers: AxiosHeaders,
    tokens: AuthTokens,
    config: InternalAxiosRequestConfig,
  ) => Awaitable<unknown>
  /**
   * Decides whether an answer calls for a refresh; `response.data` is the parsed body where it is JSON.
   *
   * @default status 401, unless its challenge says that a new token will not help (`insufficient_scope`,
   *   `insufficient_user_authentication`)
   * @see RFC 6750 section 3.1, RFC 9470 section 3
   */
  shouldRefresh?: (response: AxiosResponse) => Awaitable<boolean>
  /**
   * Decides which failures of `backend.refresh` end the session; asked before any retry.
   *
   * @default status 400, 401, 403, 410, 419, 422, 440 or 498, unless the body is HTML (a firewall, a captive portal)
   */
  isSessionOver?: (error: unknown) => boolean
  /**
   * Reads new tokens off any answer to a request that carried the current ones, as `updateTokens` would. An answer to
   * tokens that have been replaced since is ignored.
   *
   * @default none
   */
  readTokens?: (response: AxiosResponse) => TokenReply | null | undefined
  /**
   * Names origins that get the token besides the instance's own (the origin of its `baseURL`, the page's where that is
   * relative). A function decides alone, and attaches with `true`.
   *
   * @default none besides the instance's own
   */
  attachTo?: string[] | ((url: URL) => boolean)
  /**
   * Whether the tabs of a browser share the session: one refresh for all, and news of every login and logout.
   * Without it tabs still find each other's record where they have one storage.
   *
   * @default true
   */
  crossTab?: boolean
  /**
   * Is called once for every session that ends, wherever that happened: `'replaced'` where another login took its place,
   * `'expired'` always with its `cause`.
   */
  onSessionEnd?: (reason: SessionEndReason, details: SessionEndDetails) => void
}
