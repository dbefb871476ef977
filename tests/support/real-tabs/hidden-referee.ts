import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseCookies } from '../parse-cookies.ts'
import { Checkpoint } from './checkpoint.ts'
import type { Referee } from './referee.ts'

const ACCESS = 'access'
const REFRESH = 'refresh'

/** One session: tokens that nobody but the browser's cookie jar sees. */
interface Session {
  access: string | undefined
  refresh: string
}

/**
 * A server that keeps both tokens in HttpOnly cookies, and answers with none. A refresh token that comes again ends its
 * session.
 */
export async function hiddenReferee(): Promise<Referee> {
  const sessions = new Set<Session>()
  /** Who had a refresh token that is spent. */
  const spent = new Map<string, Session>()
  let refreshes = 0
  let reuses = 0

  const find = (name: keyof Session, request: IncomingMessage) => {
    const token = parseCookies(request.headers.cookie)[name]
    return token ? [...sessions].find((session) => session[name] === token) : undefined
  }

  function refresh(request: IncomingMessage, response: ServerResponse): void {
    refreshes++
    const token = parseCookies(request.headers.cookie)[REFRESH] ?? ''
    const session = find(REFRESH, request)
    const robbed = spent.get(token)
    if (robbed) {
      reuses++
      sessions.delete(robbed)
    }
    if (!session) return deliver(response, 401)
    spent.set(session.refresh, session)
    Object.assign(session, { access: randomUUID(), refresh: randomUUID() })
    deliver(response, 200, session)
  }

  async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { username, password } = JSON.parse(await text(request)) as Record<string, string>
    if (username !== password) return deliver(response, 401)
    const session: Session = { access: randomUUID(), refresh: randomUUID() }
    sessions.add(session)
    deliver(response, 200, session)
  }

  function logOut(request: IncomingMessage, response: ServerResponse): void {
    const session = find(REFRESH, request)
    if (session) sessions.delete(session)
    response.setHeader('Set-Cookie', [cookie(ACCESS, '', 0), cookie(REFRESH, '', 0)])
    response.writeHead(204).end()
  }

  const checkpoint = new Checkpoint((request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (path === '/api/auth/login') return void logIn(request, response)
    if (path === '/api/auth/refresh') return refresh(request, response)
    if (path === '/api/auth/logout') return logOut(request, response)
    deliver(response, find(ACCESS, request) ? 200 : 401)
  }, '/api/auth/refresh')

  return {
    name: 'a server with hidden tokens',
    settings: { api: '/api', resource: '/items/1', cookie: 'session' },
    listen: checkpoint.listen,
    checkpoint,
    get refreshes() {
      return refreshes
    },
    get reuses() {
      return reuses
    },
    async expire() {
      for (const session of sessions) session.access = undefined
    },
    async grant() {
      throw new Error('Its tokens are for no script: sign in with a login.')
    },
    async takes() {
      throw new Error('Its tokens are for no script: ask for something.')
    },
    async close() {
      checkpoint.releaseAll()
    },
  }
}

function deliver(response: ServerResponse, status: number, session?: Session): void {
  if (session) {
    const cookies = [cookie(ACCESS, session.access ?? ''), cookie(REFRESH, session.refresh)]
    response.setHeader('Set-Cookie', cookies)
  }
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(status === 200 ? { username: 'ada' } : { error: 'unauthorized' }))
}

/** The refresh token goes to its own endpoints alone. */
const cookie = (name: string, value: string, maxAge = 3_600) =>
  `${name}=${value}; HttpOnly; SameSite=Strict; Max-Age=${maxAge}; Path=${name === REFRESH ? '/api/auth' : '/api'}`
