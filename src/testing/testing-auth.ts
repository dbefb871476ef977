import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { surroundings } from '../environment.ts'
import type { AuthAxiosOptions } from '../options.ts'
import { type AuthAxios, createIn } from '../plugin.ts'
import type { Home } from '../session/home.ts'
import type { Identity } from '../session/identity.ts'
import { Session, stateOf } from '../session/session.ts'
import { firstStanding } from '../standing.ts'
import { tokensFromReply } from '../token/reply.ts'
import type { AuthStatus, AuthTokens, AuthUser, TokenReply } from '../types.ts'
import { record } from './recorder.ts'
import { createTestingBackend } from './testing-backend.ts'
import { testingTokens } from './tokens.ts'

/** Options of `createTestingAuth`: those of the application, and what the test begins with. */
export interface TestingAuthOptions extends AuthAxiosOptions {
  /**
   * The status that components see from the start.
   *
   * @default 'authenticated'
   */
  status?: AuthStatus
  /**
   * Who is signed in. They stay until somebody signs in, whatever the backend would say.
   *
   * @default none; with a `backend` that loads users, whom it loads
   */
  user?: AuthUser
  /**
   * The tokens of the session.
   *
   * @default made up, without an end
   */
  tokens?: TokenReply
}

/** A session for tests. */
export interface TestingAuth extends AuthAxios {
  /**
   * Lets the access token expire: what is sent next waits for a refresh.
   *
   * @throws Error where there is no session
   */
  expire(): void
  /** Lets the next refresh be refused, which ends the session. */
  refuseRefresh(): void
  /** What was sent, in order, with its final headers: replays and the requests of the backend as well. */
  readonly requests: InternalAxiosRequestConfig[]
}

/** Nothing is stored, and there are no other tabs. */
const inMemory: Home = { isShared: false, isPerTab: false, record: null, place: null, close: () => {} }

/**
 * Makes the plugin for a test: somebody is signed in, or is not, from the first moment on. Works beside `createPinia()` and
 * `createTestingPinia()`, needs no server, stores nothing and knows no other tab. Each install starts again.
 *
 * @throws Error where `tokens` hold no access token
 * @example
 * ```ts
 * mount(UserMenu, { global: { plugins: [createPinia(), createTestingAuth({ user: { name: 'Ada' } })] } })
 * ```
 */
export function createTestingAuth(options: TestingAuthOptions = {}): TestingAuth {
  const { status = 'authenticated', user, tokens: reply = testingTokens(1), ...given } = options
  const tokens = tokensFromReply(reply, { handed: true, from: 'createTestingAuth({ tokens })' })
  const { backend, refuseRefresh, isRefusal, reset } = createTestingBackend(given.backend, user)
  const { isSessionOver } = given
  const requests: InternalAxiosRequestConfig[] = []
  const attached = new Set<AxiosInstance>()
  let identity: Identity | null = null
  let recordings: Array<() => void> = []

  const auth = createIn(
    surroundings(),
    {
      ...given,
      backend,
      storage: 'memory',
      crossTab: false,
      ...(isSessionOver && { isSessionOver: (error) => isRefusal(error) || isSessionOver(error) }),
    },
    (installed) => {
      endRecordings()
      requests.length = 0
      for (const instance of attached) recordAt(instance)
      identity = installed
      begin(installed, { status, user, tokens, leeway: given.leeway ?? 30 })
    },
  )
  attached.add(auth.http)

  function recordAt(instance: AxiosInstance): void {
    recordings.push(record(instance, (config) => requests.push(config)))
  }

  function endRecordings(): void {
    for (const end of recordings) end()
    recordings = []
  }

  function release(): void {
    endRecordings()
    identity = null
    reset()
  }

  return {
    ...auth,
    requests,
    refuseRefresh,
    attach(instance) {
      auth.attach(instance)
      if (identity && !attached.has(instance)) recordAt(instance)
      attached.add(instance)
      return instance
    },
    install(app) {
      auth.install(app)
      app.onUnmount(release)
    },
    expire() {
      const session = identity?.lifecycle.current.value
      if (!session) {
        throw new Error(
          'There is no session that could expire. Install the plugin, and ask for one that is signed in.',
        )
      }
      expire(session)
    },
  }
}

/** What a test begins with. */
interface Beginning {
  status: AuthStatus
  user: AuthUser | undefined
  tokens: AuthTokens
  leeway: number
}

/** At once, not when a storage has been read: the first component sees it. */
function begin({ lifecycle, users }: Identity, { status, user, tokens, leeway }: Beginning): void {
  if (status === 'anonymous') lifecycle.restore(null)
  if (status === 'expired') lifecycle.end('expired')
  if (status !== 'authenticated') return
  // The initial state of a testing Pinia may name the user as well.
  const shown = user ?? lifecycle.user.value
  lifecycle.begin(new Session(stateOf(firstStanding(Date.now()), tokens, leeway), inMemory), shown)
  // The instance is not ready for a request before the install is done.
  if (!shown) queueMicrotask(users.beside)
}

/** The same tokens, which are known to be dead. */
function expire(session: Session): void {
  const { tokens, generation } = session
  if (tokens) session.renew({ tokens: { ...tokens, expiresAt: Date.now() }, refreshAt: 0, generation })
}
