import { type Pinia, type Store, type StoreDefinition, defineStore, getActivePinia, skipHydrate } from 'pinia'
import { computed } from 'vue'
import { AuthError } from '../errors.ts'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import type { LoginOptions, SetTokensOptions } from '../session/sign-in.ts'
import type { LogoutOptions } from '../session/sign-out.ts'
import type { AuthCredentials, AuthStatus, AuthTokens, AuthUser, TokenReply } from '../types.ts'

/** The state of the store: all of it that an SSR payload or a persisted state may hold. */
export type AuthState = {
  /** `'pending'` until the stored session is read, then `'anonymous'`, `'authenticated'` or `'expired'`. */
  status: AuthStatus
  /** The signed-in user, once loaded. */
  user: AuthUser | null
}

/** The getters of the store. */
export type AuthGetters = {
  /** Whether there is a session. */
  isAuthenticated: () => boolean
  /** Whether a refresh is pending. */
  isRefreshing: () => boolean
  /** The access token; `null` without a session, and where the server keeps all tokens to itself. */
  accessToken: () => string | null
  /** All tokens of the session; never part of `$state`. */
  tokens: () => Readonly<AuthTokens> | null
  /** When the access token ends, in ms since the epoch; `null` where that is not known. */
  expiresAt: () => number | null
  /**
   * Names the session: it changes with every login, here or in another tab, and not at a refresh. No secret. For query and
   * cache keys, and for `:key` on what must start again for another visitor.
   */
  sessionId: () => string | null
}

/** The actions of the store. */
export interface AuthActions {
  /** Resolves once `status` is no longer `'pending'`; does not wait for the user. */
  ready(): Promise<void>
  /**
   * Signs in, loads the user and goes on to the return path. All or nothing.
   *
   * @throws the error of `backend.login` or `backend.user`; no session begins
   * @throws AxiosError `ERR_BAD_RESPONSE` with its `response` where the reply holds no tokens: a second factor is wanted
   * @throws AuthError `ERR_AUTH_SESSION_CHANGED` where a later login or logout overtook it
   */
  login(credentials?: AuthCredentials, options?: LoginOptions): Promise<void>
  /**
   * Starts a new session from tokens obtained elsewhere. The user loads beside it.
   *
   * @throws AxiosError `ERR_BAD_RESPONSE` where they hold no usable access token
   */
  setTokens(tokens: TokenReply, options?: SetTokensOptions): Promise<void>
  /**
   * Puts tokens obtained elsewhere in the place of the session's own: another tenant or scope. What they do not name
   * stays. Comes after a refresh that is pending.
   *
   * @throws AuthError `ERR_AUTH_EXPIRED` where there is no session
   * @throws AxiosError `ERR_BAD_RESPONSE` where they hold no usable access token
   */
  updateTokens(tokens: TokenReply): Promise<void>
  /**
   * Resolves with an access token that is not known to be dead, for a WebSocket, an EventSource or `fetch`: at once while
   * it serves, else after the one refresh. `null` where the server keeps all tokens to itself.
   *
   * @throws AuthError `ERR_AUTH_EXPIRED` or `ERR_AUTH_REFRESH`
   */
  getAccessToken(): Promise<string | null>
  /**
   * Resolves with fresh tokens, with `null` where the server keeps them to itself. However many callers: one request.
   *
   * @throws AuthError `ERR_AUTH_EXPIRED` or `ERR_AUTH_REFRESH`
   */
  refresh(): Promise<AuthTokens | null>
  /** Loads the user of the session into `user`. */
  fetchUser(): Promise<AuthUser>
  /** Ends the session at once, then tells the backend, then goes to the login page. Serves as an event handler. */
  logout(options?: LogoutOptions | Event): Promise<void>
  /** Shows the session as it is, whatever was patched into `status` and `user` from outside. */
  $reset(): void
}

/** The Pinia store of one identity. */
export type AuthStore<Id extends string = string> = Store<Id, AuthState, AuthGetters, AuthActions>

/** Gives the store of one identity, like every other `useStore` function of Pinia. */
export type UseAuthStore<Id extends string = string> = StoreDefinition<
  Id,
  AuthState,
  AuthGetters,
  AuthActions
>

/** Registers the store of an identity with a Pinia. */
export function createAuthStore(identity: Identity, pinia: Pinia): AuthStore {
  const store = definition(identity.id, () => setup(identity))(pinia)
  hideFromDevtools(store)
  return store
}

/** In development Pinia lists getters for its devtools, where tokens are not for show. */
function hideFromDevtools(store: object): void {
  const { _getters: listed } = store as { _getters?: string[] }
  for (const secret of ['tokens', 'accessToken']) {
    const index = listed?.indexOf(secret) ?? -1
    if (index >= 0) listed?.splice(index, 1)
  }
}

function setup({ lifecycle, refresh, signIn, signOut, update, users }: Identity) {
  const { status, user, current } = lifecycle
  const tokens = computed(() => current.value?.tokens ?? null)

  /** The session there is, once that is known. */
  async function session(): Promise<Session> {
    if (lifecycle.isPending) await lifecycle.ready()
    if (!current.value) throw new AuthError('ERR_AUTH_EXPIRED')
    return current.value
  }

  async function refreshed(): Promise<AuthTokens | null> {
    const mine = current.value ?? (await session())
    await refresh.now(mine)
    return mine.tokens
  }

  return {
    // What a server rendered says nothing about the session in this browser.
    status: skipHydrate(status),
    user,
    isAuthenticated: computed(() => status.value === 'authenticated'),
    isRefreshing: computed(() => Boolean(current.value?.flight.value)),
    accessToken: computed(() => tokens.value?.accessToken ?? null),
    tokens,
    expiresAt: computed(() => tokens.value?.expiresAt ?? null),
    sessionId: computed(() => current.value?.id ?? null),
    async ready(): Promise<void> {
      await lifecycle.ready()
      // Whoever asks wants to know, even where the page has not been hydrated yet.
      lifecycle.reveal()
    },
    login: signIn.login,
    setTokens: signIn.setTokens,
    updateTokens: update.updateTokens,
    async getAccessToken(): Promise<string | null> {
      const mine = await session()
      if (!mine.isServing) await refresh.now(mine)
      return mine.tokens?.accessToken ?? null
    },
    refresh: refreshed,
    fetchUser: users.fetchUser,
    logout: signOut.logout,
    $reset(): void {
      lifecycle.reset()
      if (!lifecycle.knownUser) users.beside()
    },
  }
}

const definition = (id: string, create: () => unknown) => defineStore(id, create) as UseAuthStore

const IN_A_TEST =
  process.env.NODE_ENV !== 'production'
    ? " In a test, app.use(createTestingAuth() of 'vue-auth-axios/testing') does: createApp({}).use(createPinia()).use(createTestingAuth())."
    : ''

/**
 * Gives access to the store of an identity once it is installed; before, it would leave a half-made store behind.
 *
 * @throws Error where the identity is not installed in that Pinia's application
 */
export function storeOf<Id extends string>(id: Id): UseAuthStore<Id> {
  const missing = () => {
    throw new Error(
      `The auth store "${id}" is not installed. Call app.use(authAxios) first, and pass the pinia outside components: useAuthStore(pinia).${IN_A_TEST}`,
    )
  }
  const useStore = definition(id, missing)
  const guarded = (pinia?: Pinia | null, hot?: never) => {
    const owner = pinia ?? getActivePinia()
    return owner?._s.has(id) ? useStore(owner, hot) : missing()
  }
  return Object.assign(guarded, { $id: id }) as UseAuthStore<Id>
}

/**
 * The store of the default identity, `authAxios`; another identity's is its `AuthAxios.useStore(pinia?)`.
 *
 * @example
 * ```ts
 * const auth = useAuthStore()
 * await auth.login({ username, password })
 * ```
 */
export const useAuthStore: UseAuthStore<'authAxios'> = storeOf('authAxios')
