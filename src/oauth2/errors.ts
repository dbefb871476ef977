import type { WWWAuthenticateChallenge } from 'oauth4webapi'

const messages = {
  STATE: 'No sign-in of this tab. Call signIn()',
  REFUSED: 'The provider refused',
  RESPONSE: 'The provider answered wrongly',
  NETWORK: 'The provider did not answer',
  UNSUPPORTED: 'The provider lacks',
}

/**
 * What went wrong between the application and its provider.
 *
 * - `ERR_OAUTH2_STATE`: the address belongs to no sign-in that is under way in this tab.
 * - `ERR_OAUTH2_REFUSED`: the provider said no; `error` is its code.
 * - `ERR_OAUTH2_RESPONSE`: what the provider sent does not hold (another issuer, a wrong ID token, no JSON).
 * - `ERR_OAUTH2_NETWORK`: there was no answer.
 * - `ERR_OAUTH2_UNSUPPORTED`: the provider has no such endpoint.
 */
export type OAuth2ErrorCode = `ERR_OAUTH2_${keyof typeof messages}`

/** What a token endpoint answered, in the shape of axios' responses. */
export interface OAuth2Response {
  status: number
  headers: Headers
  /** The parsed error (RFC 6749 section 5.2), where there was one. */
  data?: unknown
}

/** What an `OAuth2Error` may carry. */
export interface OAuth2ErrorDetails {
  /** Completes the message. */
  detail?: string | undefined
  /** The provider's own code. */
  error?: string | undefined
  /** The provider's own words. */
  description?: string | undefined
  response?: OAuth2Response | undefined
  cause?: unknown
}

/**
 * Says that a sign-in, a refresh or a revocation failed. Nothing reachable from it holds a token or a code.
 *
 * @example
 * ```ts
 * if (error instanceof OAuth2Error && error.error === 'access_denied') showThatTheyDeclined()
 * ```
 */
export class OAuth2Error extends Error {
  /** What went wrong. */
  declare readonly code: OAuth2ErrorCode
  /** The provider's own code, such as `access_denied` or `invalid_grant`; letters, digits and `_.:-` alone. */
  declare readonly error: string | undefined
  /** The provider's own words, without characters that HTML reads. */
  declare readonly description: string | undefined
  /** What a token endpoint answered, if it did. */
  declare readonly response: OAuth2Response | undefined

  constructor(
    kind: keyof typeof messages,
    { detail, error = '', description, response, cause }: OAuth2ErrorDetails = {},
  ) {
    const known = /^[\w.:-]{1,64}$/.exec(error)?.[0]
    const told = detail ?? known
    super(messages[kind] + (told ? `: ${told}` : ''), { cause })
    Object.assign(this, {
      name: 'OAuth2Error',
      code: `ERR_OAUTH2_${kind}`,
      error: known,
      description: description?.replace(/[^\w .,:;/()-]/g, ''),
      response,
    })
  }
}

/** What oauth4webapi's errors have in common; those of the network, which it passes on, have no code. */
interface Known extends Error {
  code?: unknown
  cause?: Response | WWWAuthenticateChallenge[] | Record<string, unknown>
  error?: string
  error_description?: string
  response?: Response
}

/** An error of oauth4webapi as ours: its own lead to tokens and codes. */
export function oauth2Error(thrown: unknown): OAuth2Error {
  if (thrown instanceof OAuth2Error) return thrown
  const { code, message, cause, error, error_description: description, response } = thrown as Known
  if (typeof code !== 'string') return new OAuth2Error('NETWORK', { cause: thrown })
  const answer = response ?? cause
  // An answer that wants a nonce has looked at nothing else: it is none to a refresh, and must not end a session.
  const told = answer instanceof Response &&
    error !== 'use_dpop_nonce' && {
      response: { status: answer.status, headers: answer.headers, data: response && cause },
    }
  // A challenge in the place of a body, such as `invalid_client`, is a list; every other cause has no first one.
  const refusal = error ?? (cause as WWWAuthenticateChallenge[] | undefined)?.[0]?.parameters.error
  return refusal === undefined
    ? new OAuth2Error('RESPONSE', { ...told, detail: message })
    : new OAuth2Error('REFUSED', { ...told, error: refusal, description })
}
