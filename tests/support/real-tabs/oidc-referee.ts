import { once } from 'node:events'
import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { Checkpoint } from './checkpoint.ts'
import type { Referee } from './referee.ts'

const CLIENT = 'tab'
const ACCOUNT = 'ada'
const SCOPE = 'openid offline_access'

/** How many seconds an access token lives unless it is told to die. */
const LIFETIME = 60

/** A certified OpenID provider, on an origin of its own. */
export async function oidcReferee(): Promise<Referee> {
  const server = createServer((request, response) => void listen(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const provider = await createProvider(issuer)
  const answer = provider.callback()
  let refreshes = 0
  const checkpoint = new Checkpoint((request, response) => {
    if (request.method === 'POST' && request.url === '/token') refreshes++
    answer(request, response)
  }, '/token')
  const listen: RequestListener = checkpoint.listen
  const alive = new Set<{ destroy(): Promise<void> }>()
  let reuses = 0
  provider.on('grant.error', (_context, { error_detail }) => {
    if (error_detail === 'refresh token already used') reuses++
  })
  provider.on('access_token.saved', (token) => alive.add(token))
  provider.on('server_error', (_context, error) => console.error(error))

  return {
    name: 'oidc-provider',
    settings: { api: issuer, clientId: CLIENT, resource: '/me' },
    checkpoint,
    get refreshes() {
      return refreshes
    },
    get reuses() {
      return reuses
    },
    async expire() {
      await Promise.all([...alive].map((token) => token.destroy()))
      alive.clear()
    },
    async grant() {
      const client = await provider.Client.find(CLIENT)
      const grant = new provider.Grant({ accountId: ACCOUNT, clientId: CLIENT })
      grant.addOIDCScope(SCOPE)
      const properties = {
        accountId: ACCOUNT,
        client,
        grantId: await grant.save(),
        gty: 'authorization_code',
        scope: SCOPE,
      }
      const reply = {
        access_token: await new provider.AccessToken(properties).save(),
        refresh_token: await new provider.RefreshToken(properties).save(),
      }
      checkpoint.note(reply)
      return { ...reply, expires_in: LIFETIME, token_type: 'Bearer' }
    },
    async takes(refreshToken) {
      const body = {
        grant_type: 'refresh_token',
        client_id: CLIENT,
        refresh_token: refreshToken ?? 'none',
      }
      return (await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(body) })).ok
    },
    async close() {
      checkpoint.releaseAll()
      server.close()
      server.closeAllConnections()
    },
  }
}

async function createProvider(issuer: string): Promise<Provider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return new Provider(issuer, {
    // Its own; named, so that it is not warned of.
    adapter: createMemoryAdapter(),
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${issuer}/callback`],
      },
    ],
    clientBasedCORS: () => true,
    clockTolerance: 0,
    cookies: { keys: ['tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    jwks: { keys: [await exportJWK(privateKey)] },
    rotateRefreshToken: true,
    ttl: { AccessToken: LIFETIME, RefreshToken: 3_600, Grant: 3_600, IdToken: LIFETIME },
  })
}
