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
  note(headers: Headers): void
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
  /** The nonce that each origin of an API has asked for last. */
  const nonces = new Map<string, string>()
  /** The same of the token endpoint, which may share its origin with an API, but not its nonces. */
  let tokenNonce: string | undefined

  const signerOf = (pair: CryptoKeyPair): Signer => ({
    get handle() {
      return handleOf(pair, tokenNonce)
    },
    note: (headers) => void (tokenNonce = headers.get('dpop-nonce') ?? tokenNonce),
    bind: (accessToken, previous) => keys.bind(accessToken, pair, previous),
  })

  return {
    async of(accessToken) {
      const pair = await keys.of(accessToken)
      return pair && signerOf(pair)
    },
    create: async () => signerOf(await generateKeyPair('ES256')),
    forget: keys.forget,
    async authorize(headers, tokens, config) {
      const { accessToken, tokenType = 'Bearer' } = tokens
      headers.set('Authorization', `${tokenType} ${accessToken}`)
      const pair = tokenType === 'DPoP' && (await keys.of(accessToken))
      // Without its key a bound token is refused, and the refresh that follows ends the session.
      if (!pair) return
      const url = urlOf(config)
      const nonce = (config as Asked)[ASKED]?.pop() ?? nonces.get(url.origin)
      headers.set('DPoP', await proofFor(accessToken, config.method, url, handleOf(pair, nonce)))
    },
    async retries(response) {
      const nonce = headerOf(response, 'dpop-nonce')
      if (!nonce) return false
      nonces.set(urlOf(response.config).origin, nonce)
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

/** Signs proofs, with a nonce where the server has asked for one. */
const handleOf = (pair: CryptoKeyPair, nonce: string | undefined) =>
  DPoP({}, pair, { [modifyAssertion]: (_header, payload) => void (payload.nonce = nonce) })

/** The proof for a request. axios sends it: oauth4webapi, which is tested for that, only believes to. */
async function proofFor(accessToken: string, method = 'get', url: URL, handle: DPoPHandle): Promise<string> {
  let proof: string | undefined
  await protectedResourceRequest(accessToken, method, url, undefined, null, {
    DPoP: handle,
    [allowInsecureRequests]: true,
    async [customFetch](_url, { headers }) {
      proof = headers.dpop
      return new Response()
    },
  })
  return proof!
}
