import { AxiosHeaders, type AxiosResponse } from 'axios'
import type { Awaitable } from '../types.ts'
import { type Challenge, challengesOf } from './challenges.ts'
import { cameFromElsewhere } from './origin.ts'
import { withParsedBody } from './parsed-body.ts'

/** What a new token cannot help with: RFC 6750 section 3.1, RFC 9470 section 3. */
const HOPELESS = ['insufficient_scope', 'insufficient_user_authentication']

/** Decides whether an answer calls for a refresh. */
export type RefreshTest = (response: AxiosResponse, tokenType?: string) => Awaitable<boolean>

/**
 * The test of a session's answers: that of the application, which sees the parsed body, or the default one. An answer from
 * another host, to which the request was redirected without its token, is not asked about.
 */
export function refreshTest(own: ((response: AxiosResponse) => Awaitable<boolean>) | undefined): RefreshTest {
  if (!own)
    return (response, tokenType) => isTokenRefused(response, tokenType) && !cameFromElsewhere(response)
  const test = onParsedBody(own)
  return (response) => !cameFromElsewhere(response) && test(response)
}

/**
 * The default of `shouldRefresh`: the token was turned away, and not for what it may do. Where several schemes challenge,
 * that of the session's own token decides.
 *
 * @see RFC 6750 section 3, RFC 9110 section 11.6.1, RFC 9470 section 3
 */
export function isTokenRefused({ status, headers }: AxiosResponse, tokenType = 'Bearer'): boolean {
  if (status !== 401) return false
  const header = AxiosHeaders.from(headers as AxiosHeaders).get('www-authenticate')
  if (!header) return true
  const challenges = challengesOf(Array.isArray(header) ? header : String(header))
  const own = challenges.filter(({ scheme }) => scheme === tokenType.toLowerCase())
  const errors = (own.length ? own : challenges).flatMap(errorsOf)
  return !errors.length || errors.some((error) => !HOPELESS.includes(error))
}

const errorsOf = ({ parameters }: Challenge) =>
  parameters.filter(([name]) => name === 'error').map(([, error]) => error)

/** Lets a test of the application see the parsed body. */
export function onParsedBody(
  test: (response: AxiosResponse) => Awaitable<boolean>,
): (response: AxiosResponse) => Awaitable<boolean> {
  return (response) => {
    const parsed = withParsedBody(response)
    return parsed instanceof Promise ? parsed.then(test) : test(parsed)
  }
}
