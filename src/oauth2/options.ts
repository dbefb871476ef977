import type { AuthorizationServer } from 'oauth4webapi'
import type { AuthBackend, AuthTokens, Awaitable } from '../types.ts'

/** What signs in at a provider is known by it as. */
interface ClientSettings {
  /** What the provider knows the application as; a public client, without a secret. */
  clientId: string
  /** Where the provider sends the visitor back to, as it is registered there: a URL, or a path of this origin. */
  redirectUri: string
  /**
   * What is asked for, separated by spaces. `openid` makes it OpenID Connect; `offline_access` brings a refresh token
   * from many providers (together with `parameters: { prompt: 'consent' }`).
   *
   * @default 'openid'
   * @see RFC 6749 section 3.3
   */
  scope?: string | undefined
  /**
   * Which APIs the tokens are for.
   *
   * @see RFC 8707
   */
  resource?: string | string[] | undefined
  /** What else the authorization request says, such as `prompt`, `login_hint`, `ui_locales` or `audience`. */
  parameters?: ExtraParameters | undefined
  /**
   * Where `user` comes from: the claims of the validated ID token, the provider's userinfo endpoint (name its origin in
   * `attachTo`, it gets the access token), or nowhere.
   *
   * @default 'id-token' where the scope has `openid`, else 'none'
   */
  user?: 'id-token' | 'userinfo' | 'none' | undefined
  /**
   * Whether tokens are bound to a key of this browser, so that a stolen one is of no use elsewhere. The provider and
   * the API have to know of it.
   *
   * @default false
   * @see RFC 9449
   */
  dpop?: boolean | undefined
  /** Where `signOut` lets the provider send the visitor, as it is registered there: a URL, or a path of this origin. */
  postLogoutRedirectUri?: string | undefined
}

/** Options of `oauth2Backend`. The provider is found by its issuer, or described by its metadata: either, not both. */
export type OAuth2BackendOptions = ClientSettings &
  (
    | {
        /**
         * The URL of the provider; its metadata is fetched when first needed. Plain http is taken on this machine alone.
         *
         * @see OpenID Connect Discovery 1.0, RFC 8414
         */
        issuer: string | URL
        server?: never
      }
    | {
        /** The provider's metadata, where it is not to be fetched. */
        server: AuthorizationServer
        issuer?: never
      }
  )

/** The parameters of an authorization request that the backend writes itself. */
type OwnParameter =
  | 'response_type'
  | 'response_mode'
  | 'client_id'
  | 'redirect_uri'
  | 'scope'
  | 'state'
  | 'nonce'
  | 'code_challenge'
  | 'code_challenge_method'
  | 'resource'

/** Parameters of an authorization request besides those that the backend writes itself. */
export type ExtraParameters = Record<string, string> & { [Name in OwnParameter]?: never }

/** Leaves for a URL. */
export type Open = (url: string) => Awaitable<unknown>

/** An answer that asks for more than the session has: `error.response` of a 401 or 403. */
export interface ChallengeResponse {
  status: number
  headers: object
}

/** Options of `signIn`. */
export interface SignInOptions {
  /**
   * Where to go on after it: a path of this application. Anything else is replaced by `/`, so that a query parameter
   * may be passed as it is.
   *
   * @default the page that is shown
   */
  returnTo?: unknown
  /**
   * An answer of the API whose challenge is to be met: its `scope`, `acr_values` and `max_age` are asked for.
   *
   * @see RFC 6750 section 3, RFC 9470 section 4
   */
  challenge?: ChallengeResponse | undefined
  /** Scopes to ask for besides those of the backend, separated by spaces. */
  scope?: string | undefined
  /** How the visitor has to prove who they are, the best way first, separated by spaces. */
  acrValues?: string | undefined
  /** How long ago the visitor may have done so, in seconds; the ID token is checked for it. */
  maxAge?: number | undefined
  /** What else the authorization request says, besides the backend's own `parameters`. */
  parameters?: ExtraParameters | undefined
  /**
   * Leaves for the provider.
   *
   * @default location.assign
   */
  open?: Open | undefined
}

/** Options of `signOut`. */
export interface SignOutOptions {
  /**
   * Tells the provider which session is meant.
   *
   * @default that of the session which was signed out last
   */
  idToken?: string | undefined
  /**
   * Where the provider sends the visitor back to.
   *
   * @default that of the backend
   */
  postLogoutRedirectUri?: string | undefined
  /**
   * Leaves for the provider.
   *
   * @default location.assign
   */
  open?: Open | undefined
}

/** What a sign-in has brought. */
export interface SignedIn {
  /** For `store.setTokens`. */
  tokens: AuthTokens
  /** Where the sign-in was begun: a path of this application. */
  returnTo: string
}

/** A backend that signs in at a provider. */
export interface OAuth2Backend extends AuthBackend<never> {
  /**
   * Leaves for the provider. Resolves once the browser has been told to.
   *
   * @throws OAuth2Error where the provider's metadata cannot be had
   */
  signIn(options?: SignInOptions): Promise<void>
  /**
   * Finishes the sign-in that the provider sent the visitor back from, and takes its parameters out of the address.
   * No session is touched: what it resolves with is for `store.setTokens(tokens, { redirect: returnTo })`.
   *
   * @param url the address to read, by default that of the page
   * @throws OAuth2Error, one for everything that can be wrong with it; see `code`
   */
  handleCallback(url?: string | URL): Promise<SignedIn>
  /**
   * Leaves for the provider, to end its session as well. The session here is not touched: `await store.logout({ redirect:
   * false })` first, which also tells which session is meant.
   *
   * @throws OAuth2Error `ERR_OAUTH2_UNSUPPORTED` where the provider has no such endpoint
   * @see OpenID Connect RP-Initiated Logout 1.0
   */
  signOut(options?: SignOutOptions): Promise<void>
  /** Lets go of the key of a session that has ended. */
  ended(tokens: AuthTokens): Promise<void>
}
