import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { type Context, Provider, interactionPolicy } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { type ProviderApi, providerApi } from './provider-api.ts'
import { STRONG } from './provider-levels.ts'
import { claimsOf, interact, pageOf } from './provider-pages.ts'

/** What the playground's page is to the provider. */
export const CLIENT_ID = 'playground'

/** Options of `createProvider`. */
export interface ProviderOptions {
  /** Its own URL; the path in it is where it is mounted. */
  issuer: string
  /** Where it may send visitors back to. */
  redirectUris: string[]
  /** Where it may send them when they have signed out. */
  postLogoutRedirectUris: string[]
  /**
   * How long an access token lives, in seconds.
   *
   * @default 60
   */
  accessTtl?: number
}

/** A certified OpenID provider with an API beside it. */
export interface PlaygroundProvider {
  listen: RequestListener
  readonly api: ProviderApi
  /** How many refreshes it has granted, and how many refresh tokens have come again. */
  readonly stats: Readonly<{ refreshes: number; reuses: number }>
  /** Lets every access token die. */
  expire(): Promise<void>
  /** Takes everything back that was granted, as an administrator would. */
  revoke(): Promise<void>
}

/** Starts a provider with rotating refresh tokens, reuse detection, and DPoP with nonces where a client asks for it. */
export async function createProvider(options: ProviderOptions): Promise<PlaygroundProvider> {
  const provider = new Provider(options.issuer, await configurationOf(options))
  const api = providerApi(provider)
  const answer = provider.callback()
  const stats = { refreshes: 0, reuses: 0 }
  const accessTokens = new Set<{ destroy(): Promise<void> }>()
  const refreshTokens = new Set<{ destroy(): Promise<void> }>()
  provider.on('access_token.saved', (token) => accessTokens.add(token))
  provider.on('refresh_token.saved', (token) => refreshTokens.add(token))
  provider.on('server_error', (_context, error) => console.error(error))
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params['grant_type'] === 'refresh_token') stats.refreshes++
  })
  provider.on('grant.error', (_context, { error_detail }) => {
    if (error_detail === 'refresh token already used') stats.reuses++
  })

  async function destroyAll(tokens: Set<{ destroy(): Promise<void> }>): Promise<void> {
    await Promise.all([...tokens].map((token) => token.destroy()))
    tokens.clear()
  }

  function listen(request: IncomingMessage, response: ServerResponse): void {
    const { url = '' } = request
    const failed = (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    }
    if (url.includes('/api/')) return void api.listen(request, response).catch(failed)
    if (url.includes('/interaction/')) return void interact(provider, request, response).catch(failed)
    answer(request, response)
  }

  return {
    listen,
    api,
    stats,
    expire: () => destroyAll(accessTokens),
    async revoke() {
      await destroyAll(accessTokens)
      await destroyAll(refreshTokens)
    },
  }
}

async function configurationOf(options: ProviderOptions): Promise<object> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const mount = new URL(options.issuer).pathname.replace(/\/$/, '')
  const { accessTtl = 60 } = options
  return {
    // Its own; named, so that it is not warned of.
    adapter: createMemoryAdapter(),
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: options.redirectUris,
        post_logout_redirect_uris: options.postLogoutRedirectUris,
      },
    ],
    acrValues: [STRONG],
    claims: { openid: ['sub', 'acr', 'auth_time'], profile: ['username', 'name', 'role'] },
    scopes: ['openid', 'offline_access', 'pay'],
    clientBasedCORS: () => true,
    clockTolerance: 0,
    // The application reads the user from the ID token.
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource },
    },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => claimsOf(id) }),
    interactions: {
      policy: policyOf(),
      url: (_context: unknown, { uid }: { uid: string }) => `${mount}/interaction/${uid}`,
    },
    issueRefreshToken: () => true,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256' }] },
    // The application is the provider's own: nobody is asked whether it may.
    async loadExistingGrant({ oidc }: Context & { oidc: { provider: Provider } }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session?.accountId,
      })
      grant.addOIDCScope(String(oidc.params['scope']))
      await grant.save()
      return grant
    },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTtl,
      Grant: 86_400,
      IdToken: 3_600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  }
}

/** The usual rules, and one more: who has shown too little is asked again. */
function policyOf() {
  const { Check, base } = interactionPolicy
  const policy = base()
  policy.get('login').checks.add(
    new Check('acr_values', 'A second factor is required', ({ oidc }) => {
      const isAsked = oidc.params['acr_values']?.includes(STRONG) ?? false
      const isShown = oidc.session?.acr === STRONG || oidc.result?.login !== undefined
      return isAsked && !isShown ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    }),
  )
  return policy
}

function logoutSource(context: { body?: string }, form: string): void {
  const button = '<button form="op.logoutForm" name="logout" value="yes">Sign out here as well</button>'
  context.body = pageOf('The provider', `${form}${button}`)
}
