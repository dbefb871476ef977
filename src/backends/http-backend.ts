import type { Method } from 'axios'
import type { AuthBackend, AuthTokens, AuthUser, BackendContext } from '../types.ts'

/** Where a request goes: a path, or a path with a method and a body of its own. */
export type Endpoint<Input> = string | EndpointSettings<Input>

/** A path with a method and a body of its own. */
export interface EndpointSettings<Input> {
  /** A path below the instance's `baseURL`, or a URL. */
  url: string
  /**
   * The method of the request.
   *
   * @default 'POST'; 'GET' for `user`
   */
  method?: Method
  /** Makes the body of the request. */
  data?: (input: Input) => unknown
}

/** The endpoints of a JSON API. */
export interface HttpBackendOptions<Credentials = unknown> {
  /**
   * Gets the credentials.
   *
   * @default '/auth/login'
   */
  login?: Endpoint<Credentials>
  /**
   * Gets `{ refresh_token }`.
   *
   * @default '/auth/refresh'
   */
  refresh?: Endpoint<AuthTokens | null>
  /**
   * Gets `{ refresh_token }` and the access token; `false` for a server without one.
   *
   * @default '/auth/logout'
   */
  logout?: Endpoint<AuthTokens | null> | false
  /** Answers with the user; none: the user is not loaded. */
  user?: Endpoint<null>
  /**
   * Whether the server keeps the refresh token in an HttpOnly cookie: credentials are sent, no refresh token is.
   *
   * @default false
   */
  cookie?: boolean
}

/**
 * Makes a backend for an API that speaks JSON, below the `baseURL` of the instance.
 *
 * @example
 * ```ts
 * httpBackend({ login: '/auth/login', refresh: '/auth/refresh', logout: '/auth/logout', user: '/auth/me' })
 * ```
 */
export function httpBackend<Credentials = unknown>({
  login = '/auth/login',
  refresh = '/auth/refresh',
  logout = '/auth/logout',
  user,
  cookie = false,
}: HttpBackendOptions<Credentials> = {}): AuthBackend<Credentials> {
  const spent = (tokens: AuthTokens | null) => (cookie ? undefined : { refresh_token: tokens?.refreshToken })

  async function post<Input>(
    { url, method = 'POST', data }: EndpointSettings<Input>,
    input: Input,
    { http, signal }: BackendContext,
    headers: Record<string, string> = {},
  ) {
    const credentials = cookie ? { withCredentials: true } : {}
    return (
      await http.request({
        url,
        method,
        data: data?.(input),
        headers,
        signal,
        responseType: 'json',
        ...credentials,
      })
    ).data
  }

  return {
    resumable: cookie,
    login: (credentials, context) =>
      post({ data: (input: Credentials) => input, ...settings(login) }, credentials, context),
    async refresh(tokens, context) {
      if (!cookie && !tokens?.refreshToken) return null
      // A server's null is a malformed answer; only a backend's own null says that there is nothing to refresh with.
      return (await post({ data: spent, ...settings(refresh) }, tokens, context)) ?? {}
    },
    ...(logout && {
      logout: (tokens, context) =>
        post({ data: spent, ...settings(logout) }, tokens, context, bearer(tokens)),
    }),
    ...(user && {
      async user(http): Promise<AuthUser> {
        const { url, method = 'GET', data } = settings(user)
        return (await http.request({ url, method, data: data?.(null), responseType: 'json' })).data
      },
    }),
  }
}

const settings = <Input>(endpoint: Endpoint<Input>): EndpointSettings<Input> =>
  typeof endpoint === 'string' ? { url: endpoint } : endpoint

/** The access token as RFC 6750 section 2.1 sends it. */
const bearer = (tokens: AuthTokens | null): Record<string, string> =>
  tokens ? { Authorization: `${tokens.tokenType ?? 'Bearer'} ${tokens.accessToken}` } : {}
