import {
  AxiosHeaders,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
  type RawAxiosRequestHeaders,
} from 'axios'
import type { AuthTokens } from '../types.ts'

/** What is known of the session, and who hears of what is to be mended. */
export interface Circumstances {
  /** The session there is at the moment, and the access token that its latest refresh has replaced. */
  session(): { readonly tokens: AuthTokens | null; readonly spentToken: string | undefined } | null
  /** Says something that the developer should mend, once for each topic. */
  warnOnce(topic: string, message: string): void
}

/**
 * Whether a request carries the caller's own credentials, which are theirs to look after. A header that holds the session's
 * own token (an old interceptor, a generated client) is the session's, and is taken off to be set again.
 */
export function hasOwnCredentials(
  config: InternalAxiosRequestConfig,
  instance: AxiosInstance,
  { session, warnOnce }: Circumstances,
): boolean {
  const { auth, headers } = config
  if (auth) return true
  if (!mayHaveAuthorization(headers) || !headers.has('Authorization')) return false
  const value = headers.get('Authorization')
  const { tokens, spentToken } = session() ?? {}
  // An interceptor that took its time may have come before a refresh.
  if (holds(value, tokens?.accessToken) || holds(value, spentToken)) return !headers.delete('Authorization')
  if (value !== defaultAuthorization(instance, config.method)) return true
  warnOnce(
    'default-header',
    'The instance has a default Authorization header: it gives way to the session. Remove it from the defaults.',
  )
  return false
}

/** Tells most requests apart from those with the header, without making anything. */
export function mayHaveAuthorization(headers: AxiosHeaders): boolean {
  for (const name in headers) if (name.length === 'Authorization'.length) return true
  return false
}

/** Whether a header is a token, with or without a scheme before it. */
const holds = (value: unknown, token: string | undefined): boolean =>
  token !== undefined && typeof value === 'string' && (value === token || value.endsWith(` ${token}`))

/** The header as the defaults of an instance would have it; the nearest one goes first, as in axios. */
function defaultAuthorization({ defaults }: AxiosInstance, method = 'get'): unknown {
  const own = defaults.headers as unknown as Record<string, RawAxiosRequestHeaders>
  const { common, [method]: forMethod } = own
  return [own, forMethod, common]
    .map((bag) => AxiosHeaders.from(bag as AxiosHeaders).get('Authorization'))
    .find((value) => value !== undefined)
}
