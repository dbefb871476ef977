import axios, { type AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import {
  type CryptoKeyPair,
  DPoP,
  type DPoPHandle,
  allowInsecureRequests,
  customFetch,
  generateKeyPair,
  isDPoPNonceError,
  modifyAssertion,
  protectedResourceRequest,
} from 'oauth4webapi'
import type { AuthTokens } from '../types.ts'
import { headerOf, refusalOf } from './challenges.ts'
import { createKeys } from './keys.ts'

/** A key that tokens are bound to. */
export interface Signer {
  /** Signs the proofs for oauth4webapi's own requests. */
  readonly handle: DPoPHandle
  /** Takes the nonce of a token endpoint's answer, if there is one. */
  note(url: string, headers: Headers): void
  /** Tells whether a request was refused for the want of a nonce alone: what was sent is unspent. */
  isNonceWanted(error: unknown): boolean
  /** Binds tokens to it, in every tab; those before them are bound no longer. */
  bind(accessToken: string, previous?: string): Promise<void>
}

/** Shows that who sends a token has the key it is bound to. */
export interface Dpop {
  /** Makes the key of a new session. */
  create(): Promise<Signer>
  /** Finds the key of a token; none where this browser has none. */
  of(accessToken: string): Promise<Signer | undefined>
  /** Lets go of the key of a session. */
  forget(accessToken: string): Promise<void>
  /** Puts a bound token on a request, with a proof that fits this request alone. */
  authorize(headers: AxiosHeaders, tokens: AuthTokens, config: InternalAxiosRequestConfig): Promise<void>
  /** Takes the nonce of an answer; tells whether the request was refused for the want of it. */
  retries(response: AxiosResponse): Promise<boolean>
}

/**
 * Makes the keys and proofs of one backend.
 *
 * @see RFC 9449 sections 4, 7 and 9
 */
export function createDpop(): Dpop {
  const keys = createKeys()
  /** The nonce that each origin has asked for last. */
  const nonces = new Map<string, string>()

  function note(url: string | URL, nonce: string | null): void {
    if (nonce) nonces.set(new URL(url).origin, nonce)
  }

  const signerOf = (pair: CryptoKeyPair, own?: string): Signer => ({
    handle: DPoP({}, pair, {
      [modifyAssertion](_header, payload) {
        payload.nonce = own ?? nonces.get(new URL(String(payload.htu)).origin)
      },
    }),
    note: (url, headers) => note(url, headers.get('dpop-nonce')),
    isNonceWanted: isDPoPNonceError,
    bind: (accessToken, previous) => keys.bind(accessToken, pair, previous),
  })

  async function of(accessToken: string, own?: string): Promise<Signer | undefined> {
    const pair = await keys.of(accessToken)
    return pair && signerOf(pair, own)
  }

  return {
    of,
    create: async () => signerOf(await generateKeyPair('ES256')),
    forget: keys.forget,
    async authorize(headers, tokens, config) {
      const { accessToken, tokenType = 'Bearer' } = tokens
      headers.set('Authorization', `${tokenType} ${accessToken}`)
      const { [ASKED]: asked } = config as Asked
      const signer = tokenType === 'DPoP' && (await of(accessToken, asked?.pop()))
      // Without its key a bound token is refused, and the refresh that follows ends the session.
      if (signer) headers.set('DPoP', await proofFor(accessToken, config, signer.handle))
    },
    async retries(response) {
      const nonce = headerOf(response, 'dpop-nonce')
      if (!nonce) return false
      note(urlOf(response.config), nonce)
      const isAsked = response.status === 401 && isDPoPNonceError(await refusalOf(response))
      // Answers overtake each other: by the time it is sent again, an older nonce may be the last one noted.
      if (isAsked) (response.config as Asked)[ASKED] = [nonce]
      return isAsked
    },
  }
}

/** Where a config keeps the nonce that its own request was refused for; it counts once. */
const ASKED = 'vue-auth-axios:nonce'

type Asked = InternalAxiosRequestConfig & { [ASKED]?: string[] }

/** Where a request goes, as axios puts it together, without its query. */
const urlOf = ({ baseURL = '', url = '', allowAbsoluteUrls = true }: InternalAxiosRequestConfig): URL =>
  new URL(axios.getUri({ baseURL, url, allowAbsoluteUrls }), globalThis.document?.baseURI)

/** Signs the proof for a request. axios sends it: oauth4webapi, which is tested for that, only believes to. */
async function proofFor(
  accessToken: string,
  config: InternalAxiosRequestConfig,
  handle: DPoPHandle,
): Promise<string> {
  let proof: string | undefined
  await protectedResourceRequest(accessToken, config.method ?? 'get', urlOf(config), undefined, null, {
    DPoP: handle,
    [allowInsecureRequests]: true,
    async [customFetch](_url, { headers }) {
      proof = headers.dpop
      return new Response()
    },
  })
  return proof!
}
