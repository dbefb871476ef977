import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { onTestFinished, vi } from 'vitest'

export const ISSUER = 'https://id.example'
export const CLIENT_ID = 'shop'

/** What a provider answers to the next request of its token endpoint. */
export interface TokenAnswer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

const keys = await generateKeyPair('RS256')

/** Stands in for `fetch` to a provider that does what it is told, and remembers what it was sent. */
export function useFakeProvider(metadata: Record<string, unknown> = {}) {
  const sent: Array<{ path: string; body: URLSearchParams; headers: Headers }> = []
  const answers: TokenAnswer[] = []
  const server = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    revocation_endpoint: `${ISSUER}/revoke`,
    end_session_endpoint: `${ISSUER}/leave`,
    userinfo_endpoint: `${ISSUER}/me`,
    jwks_uri: `${ISSUER}/jwks`,
    authorization_response_iss_parameter_supported: true,
    ...metadata,
  }
  const unreachable = { is: false }

  const fake = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input))
    const body = new URLSearchParams(String(init.body ?? ''))
    sent.push({ path: url.pathname, body, headers: new Headers(init.headers) })
    if (unreachable.is) throw new TypeError('fetch failed')
    const json = (content: unknown, status = 200, headers: Record<string, string> = {}) =>
      new Response(JSON.stringify(content), {
        status,
        headers: { 'Content-Type': 'application/json', ...headers },
      })
    if (url.pathname.endsWith('/openid-configuration')) return json(server)
    if (url.pathname === '/token') {
      const { status, body: content, headers } = answers.shift() ?? { body: {} }
      return json(content, status, headers)
    }
    return new Response(null, { status: 200 })
  }
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(fake as typeof fetch)
  onTestFinished(() => spy.mockRestore())

  return {
    server,
    sent,
    answers,
    unreachable,
    /** What was sent to an endpoint. */
    to: (path: string) => sent.filter((request) => request.path === path),
    /** An ID token, signed with a key of its own: transport is what vouches for it (OpenID Connect Core 1.0 section 3.1.3.7). */
    idToken: (claims: Record<string, unknown>) =>
      new SignJWT({ sub: 'ada', ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(String(claims['iss'] ?? ISSUER))
        .setAudience(String(claims['aud'] ?? CLIENT_ID))
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(keys.privateKey),
    jwk: () => exportJWK(keys.publicKey),
  }
}

export type FakeProvider = ReturnType<typeof useFakeProvider>
