import { jwtDecode } from 'jwt-decode'
import {
  type Client,
  None,
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  validateAuthResponse,
} from 'oauth4webapi'
import type { AuthBackend, AuthTokens, BackendContext } from '../types.ts'
import { absolute, addQuery, ownPath, tidy } from './address.ts'
import { authorize } from './authorization.ts'
import type { Dpop } from './dpop.ts'
import { OAuth2Error } from './errors.ts'
import { lazily } from './lazily.ts'
import type { OAuth2Backend, OAuth2BackendOptions } from './options.ts'
import { type Provider, providerOf } from './provider.ts'
import { assertSubject, tokenEndpoint } from './token-endpoint.ts'
import { type Transaction, createTransactions } from './transactions.ts'

/** Whether tokens are bound to a key. */
const isBound = ({ tokenType }: AuthTokens) => tokenType === 'DPoP'

const leave = (url: string) => location.assign(url)

/**
 * Makes a backend that signs in at a provider: authorization code with PKCE, OpenID Connect where the scope has
 * `openid`, refresh with rotation, revocation, DPoP. Needs the package `oauth4webapi`.
 *
 * @example
 * ```ts
 * export const oauth = oauth2Backend({ issuer: 'https://id.example.com', clientId: 'shop', redirectUri: '/callback' })
 * app.use(authAxios, { backend: oauth })
 *
 * await oauth.signIn() // in the login page
 * const { tokens, returnTo } = await oauth.handleCallback() // in the page /callback
 * await auth.setTokens(tokens, { redirect: returnTo })
 * ```
 * @see RFC 6749, RFC 7636, RFC 9207, RFC 9449, RFC 9700
 */
export function oauth2Backend(options: OAuth2BackendOptions): OAuth2Backend {
  const { clientId, scope = 'openid', dpop = false } = options
  const isOpenId = /\bopenid\b/.test(scope)
  const { user = isOpenId ? 'id-token' : 'none' } = options
  if (user === 'id-token' && !isOpenId) {
    throw new Error("user: 'id-token' wants openid")
  }
  const client = { client_id: clientId }
  const provider = providerOf(options)
  const transactions = createTransactions(`${provider.name}:${clientId}`)
  const resources = new URLSearchParams([options.resource ?? []].flat().map((each) => ['resource', each]))
  /** The ID token of the session that was signed out last. */
  let signedOut: string | undefined

  // A part of its own, for the apps that use it.
  const loadDpop = lazily(async () => (await import('./dpop.ts')).createDpop())
  const { exchange, refresh } = createGrants(client, tokenEndpoint(provider, resources), dpop, loadDpop)
  const ended: OAuth2Backend['ended'] = async (tokens) => {
    if (isBound(tokens)) await (await loadDpop()).forget(tokens.accessToken)
  }

  return {
    logoutWithoutToken: true,
    ended,

    async signIn({ open = leave, ...more } = {}) {
      const request = { ...options, scope, resources, redirectUri: absolute(options.redirectUri) }
      const endpoint = await provider.endpoint('authorization_endpoint')
      await open(await authorize(endpoint, request, more, transactions))
    },

    async handleCallback(url = location.href) {
      const redirectUri = absolute(options.redirectUri)
      const address = new URL(url, redirectUri)
      tidy(address, redirectUri)
      const [state = '', ...others] = address.searchParams.getAll('state')
      const transaction = !others.length && transactions.take(state)
      if (!transaction) throw new OAuth2Error('STATE')
      const tokens = await exchange(address, state, redirectUri, transaction)
      return { tokens, returnTo: ownPath(transaction.returnTo) }
    },

    refresh,

    async logout(tokens) {
      if (!tokens) return
      signedOut = tokens.idToken
      await ended(tokens) // revocation takes no proof
      await provider.ask(async (server) => {
        if (!server.revocation_endpoint) return
        const token = tokens.refreshToken ?? tokens.accessToken
        // Never aborted: one that arrives late is still worth something.
        await processRevocationResponse(
          await revocationRequest(server, client, None(), token, provider.insecure),
        )
      })
    },

    async signOut({
      open = leave,
      idToken = signedOut,
      postLogoutRedirectUri: back = options.postLogoutRedirectUri,
    } = {}) {
      const url = await provider.endpoint('end_session_endpoint')
      addQuery(url, {
        client_id: clientId,
        id_token_hint: idToken,
        post_logout_redirect_uri: back && absolute(back),
      })
      await open(url.href)
    },

    ...(dpop && {
      authorize: async (...request) => (await loadDpop()).authorize(...request),
      retries: async (response) => (await loadDpop()).retries(response),
    }),
    ...userFrom(user, provider),
  }
}

/** The ways to tokens: by the code of a sign-in, and by the refresh token. */
function createGrants(
  client: Client,
  askForTokens: ReturnType<typeof tokenEndpoint>,
  dpop: boolean,
  loadDpop: () => Promise<Dpop>,
) {
  return {
    async exchange(address: URL, state: string, redirectUri: string, transaction: Transaction) {
      return askForTokens({
        signer: dpop && (await (await loadDpop()).create()),
        send: (server, settings) =>
          authorizationCodeGrantRequest(
            server,
            client,
            None(),
            validateAuthResponse(server, client, address, state),
            redirectUri,
            transaction.verifier,
            settings,
          ),
        read: (server, response) => processAuthorizationCodeResponse(server, client, response, transaction),
      })
    },
    async refresh(tokens: AuthTokens | null, { signal }: BackendContext) {
      if (!tokens?.refreshToken) return null
      const { accessToken, refreshToken } = tokens
      const signer = isBound(tokens) && (await (await loadDpop()).of(accessToken))
      // Nobody but who has its key can refresh a bound token.
      if (signer === undefined) return null
      return askForTokens({
        signer,
        previous: tokens,
        send: (server, settings) =>
          refreshTokenGrantRequest(server, client, None(), refreshToken, { ...settings, signal }),
        read: (server, response) => processRefreshTokenResponse(server, client, response),
      })
    },
  }
}

/** Where the user comes from. */
function userFrom(
  source: 'id-token' | 'userinfo' | 'none',
  { endpoint }: Provider,
): Pick<AuthBackend, 'user'> | false {
  return (
    source !== 'none' && {
      async user(http, tokens) {
        if (source === 'id-token') return jwtDecode(tokens!.idToken!)
        // Caches on the instance would answer by URL, with the user of the session before.
        const settings = { responseType: 'json', cache: false } as const
        const answer = await http.get((await endpoint('userinfo_endpoint')).href, settings)
        // An interceptor of the application may have taken it out already.
        const { data = answer } = answer
        assertSubject(tokens, data?.sub)
        return data
      },
    }
  )
}
