import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SignJWT, jwtVerify } from 'jose'
import { onTestFinished } from 'vitest'
import { type AuthBackend, httpBackend } from '../../../src/index.ts'
import { parseCookies } from '../../support/parse-cookies.ts'

/** How a server keeps a session that no script sees. */
export type Kind = 'both JWTs in HttpOnly cookies' | 'a plain server session'

/** A request as it arrived, and how it was answered. */
interface Arrival {
  readonly method: string
  readonly path: string
  readonly cookie: string | undefined
  readonly authorization: string | undefined
  status: number
}

type Answer = [status: number, said: unknown, cookies?: string[]]

interface Login {
  readonly name: string
  /** Names the refresh token that is good for the next. */
  refresh: string
}

const KEY = new TextEncoder().encode('a secret of the server, and of nobody else')

const cookie = (name: string, value: string, path = '/', maxAge = 3_600) =>
  `${name}=${value}; HttpOnly; SameSite=Lax; Max-Age=${maxAge}; Path=${path}`

/** A real server, with cookies that no script sees; a refresh token that comes again ends its session. */
export class HiddenServer {
  readonly kind: Kind
  readonly arrivals: Arrival[] = []
  refreshes = 0
  reuses = 0
  /** Is waited for before an answer to such a path leaves, once the server has done what it was asked for. */
  holding: { path: string; until: Promise<unknown> } | null = null
  /** Answers the next requests for a path with such a status, in place of what was asked for. */
  readonly failing = new Map<string, number>()
  readonly #logins = new Map<string, Login>()
  readonly #spent = new Map<string, string>()
  /** Access tokens before this count are dead. */
  #epoch = 0
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  constructor(kind: Kind) {
    this.kind = kind
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => {
      this.#server.closeAllConnections()
      this.#server.close()
    })
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How an application is told of it. */
  backend(): AuthBackend {
    return this.kind === 'a plain server session'
      ? httpBackend({ cookie: 'session', refresh: false, user: '/me', login: '/login', logout: '/logout' })
      : httpBackend({
          cookie: 'session',
          refresh: '/refresh',
          user: '/me',
          login: '/login',
          logout: '/logout',
        })
  }

  /** The requests that arrived for a path. */
  to(path: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.path === path)
  }

  /** Ends every access token. */
  expire(): void {
    this.#epoch++
  }

  /** Ends every session. */
  end(): void {
    this.#logins.clear()
  }

  get sessions(): number {
    return this.#logins.size
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const body = await text(request)
    const arrival: Arrival = {
      method,
      path,
      cookie: headers.cookie,
      authorization: headers.authorization,
      status: 0,
    }
    this.arrivals.push(arrival)
    const failure = this.failing.get(path)
    this.failing.delete(path)
    const [status, said, cookies = []] = failure
      ? [failure, {}]
      : await this.#do(path, parseCookies(headers.cookie), body)
    arrival.status = status
    if (this.holding?.path === path) await this.holding.until
    response.setHeader('Set-Cookie', cookies)
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(said))
  }

  async #do(path: string, cookies: Record<string, string | undefined>, body: string): Promise<Answer> {
    if (path === '/login') return this.#logIn(JSON.parse(body))
    if (path === '/refresh') return this.#refresh(cookies.refresh ?? '')
    const id = await this.#sessionOf(cookies)
    const login = this.#logins.get(id ?? '')
    if (!login || !id) return [401, { error: 'unauthorized' }]
    if (path === '/me') return [200, { name: login.name }]
    if (path !== '/logout') return [200, { path, sent: body, to: login.name }]
    this.#logins.delete(id)
    return [200, {}, [cookie('access', '', '/', 0), cookie('refresh', '', '/', 0), cookie('sid', '', '/', 0)]]
  }

  async #logIn({ name, password }: Record<string, string>): Promise<Answer> {
    if (name !== password) return [401, { error: 'wrong' }]
    const id = randomUUID()
    this.#logins.set(id, { name: String(name), refresh: randomUUID() })
    return [200, {}, await this.#cookiesOf(id)]
  }

  async #refresh(token: string): Promise<Answer> {
    this.refreshes++
    const robbed = this.#spent.get(token)
    if (robbed !== undefined) {
      this.reuses++
      this.#logins.delete(robbed)
    }
    const [id, login] = [...this.#logins].find(([, { refresh }]) => refresh === token) ?? []
    if (!id || !login) return [401, { error: 'invalid_grant' }]
    this.#spent.set(login.refresh, id)
    login.refresh = randomUUID()
    return [200, {}, await this.#cookiesOf(id)]
  }

  async #cookiesOf(id: string): Promise<string[]> {
    if (this.kind === 'a plain server session') return [cookie('sid', id)]
    const access = await new SignJWT({ sid: id, epoch: this.#epoch })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5 minutes')
      .sign(KEY)
    return [cookie('access', access), cookie('refresh', this.#logins.get(id)?.refresh ?? '')]
  }

  async #sessionOf({ sid, access }: Record<string, string | undefined>): Promise<string | undefined> {
    if (this.kind === 'a plain server session') return sid
    const claims = await jwtVerify(access ?? '', KEY).catch(() => null)
    return claims && claims.payload.epoch === this.#epoch ? String(claims.payload.sid) : undefined
  }
}
