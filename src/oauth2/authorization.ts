import { calculatePKCECodeChallenge, generateRandomState } from 'oauth4webapi'
import { addQuery, here, ownPath } from './address.ts'
import { challengeOf } from './challenges.ts'
import type { OAuth2BackendOptions, SignInOptions } from './options.ts'
import type { Transactions } from './transactions.ts'

/** What is the same in all authorization requests of a backend. */
export interface Request extends Pick<OAuth2BackendOptions, 'clientId' | 'parameters'> {
  scope: string
  redirectUri: string
  /** The parameters that name the APIs. */
  resources: URLSearchParams
}

/**
 * Writes an authorization request.
 *
 * @see RFC 6749 section 4.1.1, RFC 7636 section 4.3, RFC 8707 section 2, RFC 9470 section 4
 */
export async function authorize(
  endpoint: URL,
  request: Request,
  { challenge, returnTo = here(), ...more }: SignInOptions,
  transactions: Transactions,
): Promise<string> {
  const [state, nonce, verifier] = [generateRandomState(), generateRandomState(), generateRandomState()]
  // What challenges ask for has the names that a request has.
  const asked = challenge ? await challengeOf(challenge) : {}
  const scopes = new Set([request.scope, more.scope, asked.scope].join(' ').match(/\S+/g))
  const own = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: [...scopes].join(' '),
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce: scopes.has('openid') ? nonce : undefined,
    acr_values: more.acrValues ?? asked.acr_values,
    max_age: more.maxAge ?? asked.max_age,
  }
  addQuery(endpoint, request.parameters, more.parameters, own)
  const { searchParams: query } = endpoint
  for (const resource of request.resources) query.append(...resource)
  const { nonce: expectedNonce, max_age: maxAge } = Object.fromEntries(query)
  transactions.keep(state, {
    verifier,
    returnTo: ownPath(returnTo),
    expectedNonce,
    maxAge: maxAge === undefined ? maxAge : +maxAge,
  })
  return endpoint.href
}
