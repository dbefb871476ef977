import type { AxiosResponse } from 'axios'
import type { AuthBackend, AuthCredentials, AuthTokens, BackendContext } from '../types.ts'
import { badResponse } from './bad-response.ts'
import { createSender } from './csrf.ts'
import {
  type Endpoint,
  type EndpointSettings,
  type JsonBody,
  requestTo,
  selected,
  settingsOf,
} from './endpoint.ts'
import { type Read, sessionIn, tokensIn } from './reply.ts'
import { untouchedAnswer, userIn } from './user.ts'

/** What a login form gives: `TypesConfig['credentials']` where an application declares it, a plain record elsewhere. */
export type HttpCredentials = unknown extends AuthCredentials ? Record<string, unknown> : AuthCredentials

/** The endpoint that ends a session. */
export interface LogoutSettings extends EndpointSettings<AuthTokens | null> {
  /**
   * Whether the server wants an access token, so that a dead one is refreshed for it. `false`: none is sent.
   *
   * @default true
   */
  token?: boolean
}

/** The endpoints of a JSON API. */
export interface HttpBackendOptions<Credentials = HttpCredentials, Body = JsonBody> {
  /**
   * Gets the credentials.
   *
   * @default '/auth/login'
   */
  login?: Endpoint<Credentials, Body>
  /**
   * Gets `{ refresh_token }`. `false` where there is nothing to refresh: tokens last as long as they last, and a session
   * in a cookie is alive as long as `user` answers.
   *
   * @default '/auth/refresh'
   */
  refresh?: Endpoint<AuthTokens | null, Body> | false
  /**
   * Gets `{ refresh_token }` and the access token; `false` for a server without one.
   *
   * @default '/auth/logout'
   */
  logout?: string | LogoutSettings | false
  /** Answers with the user; none: the user is not loaded. */
  user?: Endpoint<null>
  /**
   * Sets a cookie that axios repeats in a header (`xsrfCookieName`, `xsrfHeaderName`). Is fetched before a login, and when
   * an answer is 419, or a 403 that speaks of CSRF; the request is then sent again.
   */
  csrf?: Endpoint<null>
  /**
   * What the server keeps in HttpOnly cookies: `true` the refresh token, `'session'` all there is, so that no script
   * sees a token. Credentials are sent, and no refresh token is.
   *
   * @default false
   */
  cookie?: boolean | 'session'
  /**
   * Says where the tokens are in an answer to a login or a refresh, a header included. With `cookie: 'session'`, `false`
   * or nothing says that no session has begun.
   *
   * @default the body, after the endpoint's `select`
   */
  read?: Read<Body>
  /**
   * Names the refresh token in the body of a refresh and of a logout.
   *
   * @default 'refresh_token'
   */
  refreshField?: string
}

/**
 * Makes a backend for an API that speaks JSON, below the `baseURL` of the instance.
 *
 * @throws Error where it has nothing to tell from whether a session is alive
 * @example
 * ```ts
 * httpBackend({ login: '/auth/login', refresh: '/auth/refresh', logout: '/auth/logout', user: '/auth/me' })
 * ```
 */
export function httpBackend<Credentials = HttpCredentials, Body = JsonBody>({
  login = {},
  refresh = {},
  logout = {},
  user,
  csrf,
  cookie = false,
  read,
  refreshField = 'refresh_token',
}: HttpBackendOptions<Credentials, Body> = {}): AuthBackend<Credentials> {
  const isHidden = cookie === 'session'
  if (isHidden && refresh === false && user === undefined) {
    throw new Error(
      'Without `refresh` a session is alive as long as `user` answers: httpBackend({ user: "/me", … }).',
    )
  }
  const replyIn = (response: AxiosResponse<Body>, endpoint: Endpoint<never, Body>) =>
    isHidden ? sessionIn(response, endpoint, read) : tokensIn(response, endpoint, read, cookie)
  const { send, prepare } = createSender(csrf, cookie !== false)
  const spent = (tokens: AuthTokens | null) => (cookie ? undefined : { [refreshField]: tokens?.refreshToken })

  /** Asks the user endpoint whether the session in the cookie is alive. */
  async function isAlive(endpoint: Endpoint<null>, context: BackendContext): Promise<true | null> {
    const response = await send(requestTo(endpoint, { method: 'GET' }, null), context)
    const found = response.status === 204 ? null : selected(endpoint, response.data)
    if (found === null || found === undefined) return null
    return userIn(response, found) && true
  }

  async function refreshed(tokens: AuthTokens | null, context: BackendContext) {
    if (refresh === false) return isHidden && user !== undefined ? isAlive(user, context) : null
    if (!cookie && !canRefresh(refresh, tokens)) return null
    const defaults = { url: '/auth/refresh', data: spent }
    const response = await send(requestTo(refresh, defaults, tokens), context)
    if (isHidden && isPage(response)) throw badResponse('The refresh was answered with a page.', response)
    return replyIn(response, refresh)
  }

  return {
    resumable: isHidden || (cookie && refresh !== false),
    async login(credentials, context) {
      await prepare(context)
      const defaults = { url: '/auth/login', data: (input: Credentials) => input }
      return replyIn(await send(requestTo(login, defaults, credentials), context), login)
    },
    refresh: refreshed,
    ...(logout !== false && signOut(logout)),
    ...(user !== undefined && {
      async user(http) {
        const request = {
          ...requestTo(user, { method: 'GET' }, null),
          ...(cookie && { withCredentials: true }),
        }
        const response = await untouchedAnswer(http, request)
        return userIn(response, selected(user, response.data))
      },
    }),
  }

  function signOut(endpoint: string | LogoutSettings): Pick<AuthBackend, 'logout' | 'logoutWithoutToken'> {
    const { token: wantsToken = true }: LogoutSettings = settingsOf(endpoint)
    return {
      ...(!wantsToken && { logoutWithoutToken: true }),
      async logout(tokens, context) {
        const request = requestTo(endpoint, { url: '/auth/logout', data: spent }, tokens)
        await send({ ...request, ...(!wantsToken && { withAuth: false }) }, context)
      },
    }
  }
}

/** Whether there is something to refresh with; an endpoint that makes its own request knows what it needs of the tokens. */
function canRefresh(endpoint: Endpoint<AuthTokens | null, never>, tokens: AuthTokens | null): boolean {
  const { data, headers } = settingsOf(endpoint)
  return Boolean(tokens?.refreshToken || (tokens && (data || typeof headers === 'function')))
}

/** Whether a page came in place of an API's answer: a captive portal. */
const isPage = ({ data }: AxiosResponse<unknown>) => typeof data === 'string' && /^\s*</.test(data)
