import { jwtDecode } from 'jwt-decode'
import {
  type AuthorizationServer,
  type TokenEndpointRequestOptions,
  type TokenEndpointResponse,
  getValidatedIdTokenClaims,
  isDPoPNonceError,
} from 'oauth4webapi'
import type { AuthTokens } from '../types.ts'
import type { Signer } from './dpop.ts'
import { OAuth2Error } from './errors.ts'
import type { Provider } from './provider.ts'

/** Asks for tokens. */
export interface TokenRequest {
  /** The key that the tokens are, or are to be, bound to. */
  signer: Signer | undefined | false
  /** The tokens that come before. */
  previous?: AuthTokens
  send(server: AuthorizationServer, options: TokenEndpointRequestOptions): Promise<Response>
  read(server: AuthorizationServer, response: Response): Promise<TokenEndpointResponse>
}

/** Makes the way to ask a provider for tokens. All that goes wrong on it is an `OAuth2Error`. */
export function tokenEndpoint({ ask, insecure }: Provider, additionalParameters: URLSearchParams) {
  return ({ signer, previous, send, read }: TokenRequest): Promise<AuthTokens> =>
    ask(async (server) => {
      const request = async () => {
        const response = await send(server, {
          ...insecure,
          additionalParameters,
          ...(signer && { DPoP: signer.handle }),
        })
        if (signer) signer.note(response.headers)
        return read(server, response)
      }
      const reply = await request().catch((error) => {
        if (!isDPoPNonceError(error)) throw error
        return request()
      })
      if (signer && reply.token_type !== 'dpop') throw new OAuth2Error('RESPONSE')
      const claims = getValidatedIdTokenClaims(reply)
      if (claims) assertSubject(previous, claims.sub)
      if (signer) await signer.bind(reply.access_token, previous?.accessToken)
      return {
        accessToken: reply.access_token,
        refreshToken: reply.refresh_token,
        tokenType: signer ? 'DPoP' : 'Bearer',
        expiresAt: reply.expires_in && Date.now() + reply.expires_in * 1000,
        idToken: reply.id_token,
        scope: reply.scope,
      }
    })
}

/** Another one's claims must not be taken for this session's (OpenID Connect Core 1.0 sections 5.3.2 and 12.2). */
export function assertSubject(tokens: AuthTokens | null | undefined, subject: unknown): void {
  const { idToken } = tokens ?? {}
  if (!subject || (idToken && subject !== jwtDecode(idToken).sub)) {
    throw new OAuth2Error('RESPONSE', { detail: 'subject' })
  }
}
