import type { AxiosHeaders, AxiosInstance, AxiosResponse, CreateAxiosDefaults } from 'axios'
import type { AuthBackend, AuthStorage, AuthTokens, SessionEndReason } from './types.ts'
import type { RouteLocationRaw, Router } from './vue-router.ts'

/** Options of `app.use(authAxios, options)` and `createAuthAxios(options)`. Every member has a default. */
export interface AuthAxiosOptions {
  /**
   * Names the identity: the store's id and the storage key. A second id is a second, separate identity.
   *
   * @default 'auth'
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
   * Where a visitor whose session is over lands; never guarded itself.
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
   * Where a navigation leads that a `meta.auth` function refuses; none: it is cancelled, and the first one goes to
   * `homeRoute`.
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
   * Bounds one refresh attempt, and a storage or a logout endpoint that does not answer, in ms.
   *
   * @default 10_000
   */
  refreshTimeout?: number
  /**
   * Puts the tokens on a request.
   *
   * @default sets `Authorization: <tokenType> <accessToken>`
   * @see RFC 6750 section 2.1
   */
  authorize?: (headers: AxiosHeaders, tokens: AuthTokens) => void
  /**
   * Decides whether an answer calls for a refresh; `response.data` is the parsed body.
   *
   * @default status 401, unless `WWW-Authenticate` names another error than `invalid_token`
   * @see RFC 6750 section 3.1
   */
  shouldRefresh?: (response: AxiosResponse) => boolean
  /**
   * Decides which failures of `backend.refresh` end the session; asked before any retry.
   *
   * @default status 400, 401 or 403, unless the body is HTML (a firewall, a captive portal)
   */
  isSessionOver?: (error: unknown) => boolean
  /**
   * Names the origins that get the token.
   *
   * @default the origin of the instance's `baseURL` (the page's where that is relative)
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
   * Is called once when a session has ended, but not when a login replaces it.
   */
  onSessionEnd?: (reason: SessionEndReason) => void
}
