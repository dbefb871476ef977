import { createGrants } from './grants.ts'
import type { RequestHandler } from './msw.ts'

/** Somebody who may sign in: with their `password`, and whatever else of them the credentials name. */
export type TestingUser = Record<string, unknown> & { password: string }

/** Options of `authHandlers`. */
export interface AuthHandlersOptions {
  /**
   * Where the API is: that of the axios instance.
   *
   * @default '/api'
   */
  baseURL?: string
  /**
   * Who may sign in. The first one is whose session `createTestingAuth` begins.
   *
   * @default `ada` with the password `ada`
   */
  users?: TestingUser[]
  /**
   * Whether every refresh brings a new refresh token, and a spent one ends the session.
   *
   * @default true
   * @see RFC 9700 section 4.14.2
   */
  rotation?: boolean
}

/** What has happened at the API so far. */
export interface AuthHandlersStats {
  readonly logins: number
  readonly refreshes: number
  /** Refresh tokens that came again after they had been spent. */
  readonly reuses: number
  readonly logouts: number
  /** Requests that were answered 401. */
  readonly unauthorized: number
}

/** An API for MSW. */
export interface AuthHandlers {
  /**
   * The endpoints, and an answer of 401 to whatever else below `baseURL` has no living token. Your own handlers go behind
   * them; those in front of them are public.
   */
  readonly handlers: RequestHandler[]
  /** Lets every access token that there is expire. */
  expire(): void
  /** Lets every refresh token that there is be refused. */
  refuseRefresh(): void
  /** Starts again: nothing has expired, nothing is refused, nothing is counted. */
  reset(): void
  readonly stats: AuthHandlersStats
}

const ADA: TestingUser = { id: 1, username: 'ada', password: 'ada', name: 'Ada Lovelace' }

/** The names under which clients send a refresh token. */
const REFRESH_FIELDS = ['refresh_token', 'refreshToken', 'refresh']

// Whoever brings no MSW may still use the rest of this entry.
const msw = await import('msw').catch(() => null)

const nothing = () => ({ logins: 0, refreshes: 0, reuses: 0, logouts: 0, unauthorized: 0 })

/**
 * Makes the API of a test for MSW: `POST /auth/login`, `/auth/refresh` and `/auth/logout` and `GET /auth/me`, as
 * `httpBackend({ user: '/auth/me' })` asks for them.
 *
 * @throws Error where msw is not installed
 * @example
 * ```ts
 * const api = authHandlers()
 * const server = setupServer(...api.handlers, http.get('/api/items', () => HttpResponse.json([])))
 * afterEach(() => api.reset())
 * ```
 */
export function authHandlers({
  baseURL = '/api',
  users = [ADA],
  rotation = true,
}: AuthHandlersOptions = {}): AuthHandlers {
  if (!msw) throw new Error('authHandlers() makes handlers for MSW. Install it: npm install -D msw.')
  const { http, HttpResponse } = msw
  const grants = createGrants(users[0] ?? ADA)
  const stats = nothing()
  const base = absolute(baseURL.replace(/\/+$/, ''))

  function unauthorized(message: string) {
    stats.unauthorized++
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
    return HttpResponse.json({ message }, { status: 401, headers })
  }

  function signIn(body: Fields) {
    const user = users.find((known) => isMatch(known, body))
    if (!user) return unauthorized('Wrong name or password.')
    stats.logins++
    return HttpResponse.json(grants.issue({ user, isOver: false }, true))
  }

  /** Without rotation the client keeps the refresh token it has (RFC 6749 section 6). */
  function refresh(token: unknown) {
    const grant = typeof token === 'string' ? grants.spend(token, rotation) : null
    if (grant === 'reused') stats.reuses++
    if (!grant || grant === 'reused') return HttpResponse.json({ error: 'invalid_grant' }, { status: 400 })
    stats.refreshes++
    return HttpResponse.json(grants.issue(grant, rotation))
  }

  function signOut(request: Request) {
    stats.logouts++
    grants.end(tokenOf(request))
    return new HttpResponse(null, { status: 204 })
  }

  function protect(request: Request) {
    if (request.method === 'OPTIONS' || grants.userOf(tokenOf(request))) return undefined
    return unauthorized('The access token is missing or has expired.')
  }

  return {
    handlers: [
      http.post(`${base}/auth/login`, async ({ request }) => signIn(await bodyOf(request))),
      http.post(`${base}/auth/refresh`, async ({ request }) => {
        const body = await bodyOf(request)
        return refresh(REFRESH_FIELDS.map((name) => body[name]).find(Boolean))
      }),
      http.post(`${base}/auth/logout`, ({ request }) => signOut(request)),
      http.all(`${base}/*`, ({ request }) => protect(request)),
      http.get(`${base}/auth/me`, ({ request }) =>
        HttpResponse.json(profileOf(grants.userOf(tokenOf(request)) ?? ADA)),
      ),
    ],
    expire: grants.expire,
    refuseRefresh: grants.refuse,
    reset() {
      grants.reset()
      Object.assign(stats, nothing())
    },
    stats,
  }
}

type Fields = Record<string, unknown>

/** Where there is no page, a path alone is at no server: it stands for every one. */
const absolute = (base: string) => (base.startsWith('/') && !globalThis.location ? `*${base}` : base)

/** The access token of a request. */
const tokenOf = ({ headers }: Request) => headers.get('authorization')?.replace(/^bearer /i, '') ?? ''

/** The fields of a body in JSON; none of any other. */
const bodyOf = (request: Request): Promise<Fields> => request.json().then(Object, () => ({}))

/** Whether credentials are somebody's: their password, and no other field that differs. */
const isMatch = (user: TestingUser, body: Fields) =>
  body.password === user.password &&
  Object.keys(body).every((name) => !(name in user) || body[name] === user[name])

/** What an API tells of a user. */
const profileOf = (user: TestingUser) => ({ ...user, password: undefined })
