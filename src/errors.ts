import { AxiosError, isAxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'

/** What went wrong with the session behind a request. */
export type AuthErrorCode = 'ERR_AUTH_EXPIRED' | 'ERR_AUTH_REFRESH' | 'ERR_AUTH_SESSION_CHANGED'

const messages: Record<AuthErrorCode, string> = {
  ERR_AUTH_EXPIRED: 'The session is over. Sign in again.',
  ERR_AUTH_REFRESH: 'The access token could not be refreshed. The session is kept: try again later.',
  ERR_AUTH_SESSION_CHANGED:
    'The session was signed out or replaced meanwhile. Send the request again if it still makes sense.',
}

/** Where each code is explained: what to show, and what is wrong where it comes too often. */
const GUIDE = 'https://github.com/vue-auth-axios/vue-auth-axios/blob/main/playground/docs/errors.md'

const messageOf = (code: AuthErrorCode): string =>
  process.env.NODE_ENV === 'production' ? messages[code] : `${messages[code]} ${GUIDE}#${code.toLowerCase()}`

/** What an `AuthError` may carry. */
export interface AuthErrorDetails {
  /** The original request, where there is one. */
  config?: InternalAxiosRequestConfig | undefined
  /** The request's own 401, with `ERR_AUTH_EXPIRED` alone. */
  response?: AxiosResponse | undefined
  /** What happened underneath. */
  cause?: unknown
}

/**
 * Says that a request failed because of its session; `axios.isAxiosError(error)` holds.
 *
 * - `ERR_AUTH_EXPIRED`: the refresh was refused, or there was nothing to refresh with; the session is over.
 * - `ERR_AUTH_REFRESH`: the refresh could not be made (network, timeout, 5xx, malformed reply); the session is kept.
 * - `ERR_AUTH_SESSION_CHANGED`: the session that sent the request was signed out or replaced.
 */
export class AuthError extends AxiosError {
  /** Why. */
  declare code: AuthErrorCode

  constructor(code: AuthErrorCode, { config, response, cause }: AuthErrorDetails = {}) {
    super(messageOf(code), code, config, undefined, response)
    this.name = 'AuthError'
    if (cause !== undefined) {
      // A descriptor without a prototype: a polluted one says nothing.
      const hidden = { __proto__: null, value: cause, configurable: true, writable: true }
      Object.defineProperty(this, 'cause', hidden as PropertyDescriptor)
    }
  }
}

/**
 * Tells an `AuthError` from every other value, also where the package was loaded twice.
 *
 * @example
 * ```ts
 * if (isAuthError(error) && error.code === 'ERR_AUTH_REFRESH') showRetryButton()
 * ```
 */
export function isAuthError(error: unknown): error is AuthError {
  return isAxiosError(error) && error.name === 'AuthError'
}
