import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { createAccessTokens } from './access-token.ts'
import { answerError } from './answer-error.ts'
import { authRoutes } from './auth-routes.ts'
import { cookieRoutes } from './cookie-routes.ts'
import { openDatabase } from './database.ts'
import { debugRoutes } from './debug-routes.ts'
import type { ApiEnv } from './env.ts'
import { meetFaults, type RefreshFault } from './faults.ts'
import { createGrants, fullReply } from './grants.ts'
import { itemRoutes } from './item-routes.ts'
import { type Live, createLive } from './live.ts'
import { bearers, requireSession } from './require-session.ts'
import { createSessions } from './sessions.ts'
import { createStats, type Stats } from './stats.ts'
import { stormRoutes } from './storm-routes.ts'
import { createUsers } from './users.ts'

/** Options of `createApi`. Every member has a default. */
export interface ApiOptions {
  /**
   * Where the users and sessions are kept: the path of a file, or `':memory:'`.
   *
   * @default ':memory:'
   */
  database?: string
  /**
   * How long an access token serves, in seconds; fractions are welcome.
   *
   * @default the environment's `ACCESS_TTL`, else 15
   */
  accessTtl?: number
  /**
   * Adds the `debug` routes, which let anyone expire tokens and break refreshes.
   *
   * @default false
   */
  debug?: boolean
  /**
   * Names the origins whose pages may call the API from elsewhere, with cookies.
   *
   * @default []
   */
  origins?: string[]
}

/** The API and what is to be known of it from outside. */
export interface Api {
  app: Hono<ApiEnv>
  /** Counts as long as the API lives. */
  stats: Readonly<Stats>
  /** Opens a WebSocket at `/api/live/socket`. */
  upgrade: Live['upgrade']
  /** Lets go of requests that are kept waiting, and of the database. */
  close(): void
}

const LARGEST_BODY = 64 * 1024

/** Makes the API that the playground talks to; everything is under `/api`. */
export async function createApi(options: ApiOptions = {}): Promise<Api> {
  const { database: path = ':memory:', accessTtl = defaultTtl(), debug = false, origins = [] } = options
  const database = openDatabase(path)
  const users = await createUsers(database)
  const sessions = createSessions(database)
  const accessTokens = createAccessTokens(accessTtl)
  const stats = createStats()
  const faults: RefreshFault[] = []
  const closing = new AbortController()

  const findBearer = bearers(users, sessions, accessTokens)

  /** The routes that every API of ours has; what they count and how they break is their own. */
  function open(ownStats: Stats, ownFaults: RefreshFault[]): Hono<ApiEnv> {
    const grants = createGrants(users, sessions, accessTokens, ownStats)
    const authorized = requireSession(findBearer, ownStats)
    const faulty = meetFaults(ownFaults, ownStats, closing.signal)
    return new Hono<ApiEnv>()
      .route('/auth/cookie', cookieRoutes(grants, sessions, faulty, { path: '/api/auth/cookie' }))
      .route(
        '/auth/session',
        cookieRoutes(grants, sessions, faulty, { path: '/api/auth/session', hidesAccessToken: true }),
      )
      .route('/auth', authRoutes(grants, sessions, accessTokens, faulty))
      .get('/auth/me', authorized, (c) => c.json(c.get('user')))
      .route('/items', itemRoutes(authorized, closing.signal))
  }

  const app = new Hono<ApiEnv>().basePath('/api')
  app.use(cors({ origin: origins, credentials: true, exposeHeaders: ['WWW-Authenticate', 'Retry-After'] }))
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: (c) => c.json({ error: 'too_large' }, 413) }))
  app.use((c, next) => {
    c.header('Cache-Control', 'no-store')
    return next()
  })

  const live = createLive(findBearer)
  app.route('/', open(stats, faults)).route('/live', live.events)
  if (debug) {
    const { startExpired } = createGrants(users, sessions, accessTokens, stats)
    app.route('/debug', debugRoutes(accessTokens, faults, stats))
    app.route(
      '/storms',
      stormRoutes(open, async () => fullReply(await startExpired())),
    )
  }

  app.notFound((c) => c.json({ error: 'not_found' }, 404))
  app.onError(answerError)

  function close(): void {
    closing.abort()
    if (database.isOpen) database.close()
  }

  return { app, stats, upgrade: live.upgrade, close }
}

function defaultTtl(): number {
  const ttl = Number(process.env['ACCESS_TTL'] ?? 15)
  if (!(ttl > 0)) throw new Error('ACCESS_TTL must be a number of seconds above zero.')
  return ttl
}
