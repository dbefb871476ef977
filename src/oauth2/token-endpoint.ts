import { jwtDecode } from 'jwt-decode'
import {
  type AuthorizationServer,
  type CryptoKeyPair,
  type TokenEndpointRequestOptions,
  type TokenEndpointResponse,
  getValidatedIdTokenClaims,
  isDPoPNonceError,
} from 'oauth4webapi'
import type { AuthTokens } from '../types.ts'
import { OAuth2Error, oauth2Error } from './errors.ts'
import type { Keys } from './keys.ts'
import type { Proofs } from './proofs.ts'
import type { Provider } from './provider.ts'

/** Asks for tokens. */
export interface TokenRequest {
  /** The key that the tokens are, or are to be, bound to. */
  pair: CryptoKeyPair | undefined
  /** The tokens that come before. */
  previous?: AuthTokens
  send(server: AuthorizationServer, options: TokenEndpointRequestOptions): Promise<Response>
  read(server: AuthorizationServer, response: Response): Promise<TokenEndpointResponse>
}

/** Makes the way to ask a provider for tokens. All that goes wrong on it is an `OAuth2Error`. */
export function tokenEndpoint(
  { metadata, insecure }: Provider,
  additionalParameters: URLSearchParams,
  keys: Keys,
  proofs: Proofs,
) {
  return async ({ pair, previous, send, read }: TokenRequest): Promise<AuthTokens> => {
    try {
      const server = await metadata()
      const ask = async () => {
        const options = { ...insecure, additionalParameters, ...(pair && { DPoP: proofs.handleOf(pair) }) }
        const response = await send(server, options)
        proofs.note(response.url || server.token_endpoint!, response.headers.get('dpop-nonce'))
        return read(server, response)
      }
      // An answer that wants a nonce has not looked at anything else: what was sent is unspent.
      const reply = await ask().catch((error) => (isDPoPNonceError(error) ? ask() : Promise.reject(error)))
      if (pair && reply.token_type !== 'dpop') throw new OAuth2Error('RESPONSE', { detail: 'no DPoP' })
      assertSubject(previous?.idToken, getValidatedIdTokenClaims(reply)?.sub)
      if (pair) await keys.bind(reply.access_token, pair, previous?.accessToken)
      return {
        accessToken: reply.access_token,
        refreshToken: reply.refresh_token,
        tokenType: pair ? 'DPoP' : 'Bearer',
        expiresAt: reply.expires_in && Date.now() + reply.expires_in * 1000,
        idToken: reply.id_token,
        scope: reply.scope,
      }
    } catch (error) {
      throw oauth2Error(error)
    }
  }
}

/** Another one's claims must not be taken for this session's (OpenID Connect Core 1.0 sections 5.3.2 and 12.2). */
export function assertSubject(idToken: string | undefined, subject: unknown): void {
  if (idToken && subject && subject !== jwtDecode(idToken).sub) {
    throw new OAuth2Error('RESPONSE', { detail: 'another subject' })
  }
}
