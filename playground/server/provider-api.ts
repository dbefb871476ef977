import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedJWK, type JWTPayload, calculateJwkThumbprint, jwtVerify } from 'jose'
import type { Provider } from 'oidc-provider'
import { STRONG, STRONG_FOR } from './provider-levels.ts'
import { claimsOf } from './provider-pages.ts'
import { readStation } from './stations.ts'

/** What the API of a provider has seen. */
export interface ProviderApiStats {
  /** Requests that were answered as they should. */
  served: number
  /** Requests that were answered 401 for the want of a nonce. */
  nonceChallenges: number
  /** Requests whose token or proof was refused. */
  refused: number
}

/** An API that takes the provider's tokens, each from who has its key. */
export interface ProviderApi {
  listen(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Asks for another nonce from now on. */
  rotateNonce(): void
  readonly stats: Readonly<ProviderApiStats>
}

/** In ms. */
const LONGEST_DELAY = 10_000

/** A request that is turned away, and how. */
class Refusal extends Error {
  readonly status: number
  readonly challenge: string
  constructor(status: number, challenge: string) {
    super(challenge)
    this.status = status
    this.challenge = challenge
  }
}

/** Makes the API; `/items/:id`, `/me`, `/payments` (wants the scope `pay`) and `/vault` (wants a second factor). */
export function providerApi(provider: Provider): ProviderApi {
  const stats: ProviderApiStats = { served: 0, nonceChallenges: 0, refused: 0 }
  const seen = new Set<string>()
  let nonce: string = randomUUID()

  /** RFC 9449 section 4.3. */
  async function thumbprintOf(proof: string, accessToken: string, request: IncomingMessage): Promise<string> {
    let payload: JWTPayload
    let thumbprint: string
    try {
      const verified = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256'] })
      payload = verified.payload
      thumbprint = await calculateJwkThumbprint(verified.protectedHeader.jwk!)
    } catch {
      throw new Refusal(401, 'DPoP error="invalid_dpop_proof"')
    }
    const at = `http://${request.headers.host}${pathOf(request)}`
    const ath = createHash('sha256').update(accessToken).digest('base64url')
    const fits = payload['htm'] === request.method && payload['htu'] === at && payload['ath'] === ath
    const jti = String(payload.jti)
    if (!fits || seen.has(jti)) throw new Refusal(401, 'DPoP error="invalid_dpop_proof"')
    if (payload['nonce'] !== nonce) throw new Refusal(401, 'DPoP error="use_dpop_nonce"')
    seen.add(jti)
    return thumbprint
  }

  async function tokenOf(request: IncomingMessage) {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ')
    const token = value ? await provider.AccessToken.find(value) : undefined
    if (!token)
      throw new Refusal(401, 'DPoP error="invalid_token", algs="ES256", Bearer error="invalid_token"')
    if (!token.jkt) {
      if (scheme !== 'Bearer') throw new Refusal(401, 'Bearer error="invalid_token"')
      return token
    }
    if (scheme !== 'DPoP') throw new Refusal(401, 'DPoP error="invalid_token", algs="ES256"')
    const { dpop = '' } = request.headers
    if ((await thumbprintOf(String(dpop), value, request)) !== token.jkt) {
      throw new Refusal(401, 'DPoP error="invalid_token", algs="ES256"')
    }
    return token
  }

  async function answer(request: IncomingMessage): Promise<object> {
    const token = await tokenOf(request)
    const scheme = token.jkt ? 'DPoP' : 'Bearer'
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api')
    const [, resource, id] = pathname.replace(/^.*\/api/, '').split('/')
    if (resource === 'payments' && !token.scope?.split(' ').includes('pay')) {
      throw new Refusal(403, `${scheme} error="insufficient_scope", scope="pay"`)
    }
    if (resource === 'vault') {
      const session = await provider.Session.findByUid(token.sessionUid ?? '')
      const isFresh = (session?.loginTs ?? 0) > Date.now() / 1000 - STRONG_FOR
      if (session?.acr !== STRONG || !isFresh) {
        const asked = `acr_values="${STRONG}", max_age="${STRONG_FOR}"`
        throw new Refusal(401, `${scheme} error="insufficient_user_authentication", ${asked}`)
      }
    }
    await sleep(Math.min(Number(searchParams.get('delay')), LONGEST_DELAY))
    if (resource === 'me') return claimsOf(token.accountId)
    return { resource, ...readStation(Number(id) || 1), by: token.accountId }
  }

  return {
    stats,
    rotateNonce: () => void (nonce = randomUUID()),
    async listen(request, response) {
      allowOtherOrigins(request, response)
      if (request.method === 'OPTIONS') return void response.writeHead(204).end()
      request.resume()
      response.setHeader('Content-Type', 'application/json')
      try {
        const body = await answer(request)
        stats.served++
        response.setHeader('DPoP-Nonce', nonce)
        response.end(JSON.stringify(body))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.challenge.includes('use_dpop_nonce')) stats.nonceChallenges++
        else stats.refused++
        response.statusCode = error.status
        // The one that holds now: it may have changed while the proof was looked at.
        response.setHeader('DPoP-Nonce', nonce)
        response.setHeader('WWW-Authenticate', error.challenge)
        response.end(JSON.stringify({ error: error.challenge }))
      }
    },
  }
}

/** As the client sees it: what stands in front may have taken the beginning away. */
const pathOf = (request: IncomingMessage) =>
  ((request as { originalUrl?: string }).originalUrl ?? request.url ?? '').replace(/\?.*/, '')

function allowOtherOrigins({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', headers.origin ?? '*')
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, DPoP, Content-Type')
  response.setHeader('Access-Control-Expose-Headers', 'DPoP-Nonce, WWW-Authenticate')
  response.setHeader('Access-Control-Max-Age', '600')
}
