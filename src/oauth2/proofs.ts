import type { AxiosHeaders, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type CryptoKeyPair, DPoP, type DPoPHandle, isDPoPNonceError, modifyAssertion } from 'oauth4webapi'
import type { AuthTokens } from '../types.ts'
import type { Keys } from './keys.ts'
import { headerOf, proofFor, refusalOf, urlOf } from './resource-requests.ts'

/** Shows that who sends a token has the key it is bound to. */
export interface Proofs {
  /** What signs with a key, and knows the nonces that the servers have asked for. */
  handleOf(pair: CryptoKeyPair): DPoPHandle
  /** Takes the nonce of an answer from a URL, if there is one. */
  note(url: string | URL, nonce: string | null): void
  /** Puts a bound token on a request, with a proof that fits this request alone. */
  authorize(headers: AxiosHeaders, tokens: AuthTokens, config: InternalAxiosRequestConfig): Promise<void>
  /** Takes the nonce of an answer; tells whether the request was refused for the want of it. */
  retries(response: AxiosResponse): Promise<boolean>
}

/**
 * Makes the proofs of one backend.
 *
 * @see RFC 9449 sections 4, 7 and 9
 */
export function createProofs(keys: Keys): Proofs {
  /** The nonce that each origin has asked for last. */
  const nonces = new Map<string, string>()

  const handleOf = (pair: CryptoKeyPair) =>
    DPoP({}, pair, {
      [modifyAssertion](_header, payload) {
        payload.nonce = nonces.get(new URL(String(payload.htu)).origin)
      },
    })

  function note(url: string | URL, nonce: string | null): void {
    if (nonce) nonces.set(new URL(url).origin, nonce)
  }

  return {
    handleOf,
    note,
    async authorize(headers, tokens, config) {
      const { accessToken, tokenType } = tokens
      headers.set('Authorization', `${tokenType} ${accessToken}`)
      const pair = isBound(tokens) && (await keys.of(accessToken))
      // Without its key a token is refused, and the refresh that follows ends the session.
      if (pair) headers.set('DPoP', await proofFor(accessToken, config, handleOf(pair)))
    },
    async retries(response) {
      note(urlOf(response.config), headerOf(response, 'dpop-nonce'))
      return response.status === 401 && isDPoPNonceError(await refusalOf(response))
    },
  }
}

/** Whether tokens are bound to a key. */
export const isBound = ({ tokenType }: AuthTokens): boolean => tokenType === 'DPoP'
