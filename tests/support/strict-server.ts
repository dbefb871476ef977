import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the next refresh meets in place of an answer of the server's own. */
export type RefreshFault =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The connection is cut before the refresh token was read. */
  | 'drop-before'
  /** The refresh token is spent, then the connection is cut. */
  | 'drop-after'
  /** The connection is accepted and never answered. */
  | 'hang'
  /** The refresh token is spent, and the connection is never answered. */
  | 'hang-after'
  /** The refresh token is spent, and the answer is none that a client could use. */
  | { rotated: string; contentType?: string; status?: number }

/** A request as it arrived. */
export interface Arrival {
  method: string
  path: string
  authorization: string | undefined
  headers: IncomingMessage['headers']
  body: Buffer
  /** When, in ms of the monotonic clock. */
  at: number
  /** The status it was answered with; 0 where there was no answer. */
  status: number
}

/** An answer that a test wants in place of the server's own. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** What a sign-in brings. */
export type GrantedTokens = { access_token: string; refresh_token: string; token_type: string }

interface Grant {
  id: number
  access: string
  /** Access tokens from before a refresh that are still let in. */
  older: string[]
  refresh: string
  spent: Set<string>
  revoked: boolean
  /** Which of its access tokens is the current one, counted from 1. */
  turn: number
  /** Whether a rotation's answer was lost on its way: that client cannot know better than to try once more. */
  lost: boolean
  /** How many of its refreshes wait for their answer. */
  pending: number
}

type Answer = (status: number, body: unknown, headers?: Record<string, string>) => void

/** What one gets below `/page`, with a token or without. */
const PAGE = '<!doctype html><title>Sign in</title>'

const JSON_TYPE = { 'content-type': 'application/json' }

/**
 * An API as strict as RFC 9700 section 4.14.2 allows: refresh tokens rotate, and a spent one that comes again revokes
 * its session.
 */
export class StrictServer {
  readonly arrivals: Arrival[] = []
  readonly faults: RefreshFault[] = []
  refreshes = 0
  /** How often a spent refresh token came again. */
  reuses = 0
  /** How often one came again although no answer of its session was lost. */
  wantonReuses = 0
  /** How often a refresh arrived while another one of its session was still waiting for its answer. */
  overlaps = 0
  logouts = 0
  /** What logins and refreshes answer besides the tokens. */
  extra: Record<string, unknown> = {}
  /** Whether a refresh brings a new refresh token. */
  rotates = true
  /** Whether a refresh leaves the access token before it alive. */
  tolerant = false
  /** Makes an access token of its name. */
  mint: (name: string) => string = (name) => name
  /** How long a refresh takes, in ms. */
  refreshDelay = 0
  /** Holds an answer back; by path. */
  delay: (path: string, arrival: number) => number = () => 0
  /** Holds an answer back until a promise settles. */
  hold: (arrival: Arrival) => Promise<unknown> | undefined = () => undefined
  /** Answers in place of the server, which tells whether it would let the request in. */
  answers: (arrival: Arrival, isAuthorised: boolean) => Reply | undefined = () => undefined
  /** Refuses every refresh. */
  refusing = false
  #grants: Grant[] = []
  #counter = 0
  #server: Server
  #port = 0
  #timers = new Set<NodeJS.Timeout>()
  #watchers = new Set<() => void>()

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** Listens; on the same port where it was stopped before. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  /** Signs somebody in without a request. */
  grant(): GrantedTokens {
    const id = ++this.#counter
    const grant: Grant = {
      id,
      access: this.mint(`AT-${id}-1`),
      older: [],
      refresh: `RT-${id}-1`,
      spent: new Set(),
      revoked: false,
      turn: 1,
      lost: false,
      pending: 0,
    }
    this.#grants.push(grant)
    return { access_token: grant.access, refresh_token: grant.refresh, token_type: 'Bearer' }
  }

  /** Lets every access token die. */
  expire(): void {
    for (const grant of this.#grants) {
      grant.access = `dead-${grant.access}`
      grant.older = []
    }
  }

  /** Whether a refresh token would be taken now. */
  isAlive(refreshToken: string | undefined): boolean {
    return this.#grants.some(({ refresh, revoked }) => refresh === refreshToken && !revoked)
  }

  /** The requests that arrived below a path. */
  to(prefix: string): Arrival[] {
    return this.arrivals.filter(({ path }) => path.startsWith(prefix))
  }

  /** Resolves once so many requests have arrived below a path. */
  arrived(prefix: string, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.to(prefix).length < count) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return // the client went away while it was sending
    }
    const { method = '', url: path = '', headers } = request
    const arrival: Arrival = {
      method,
      path,
      authorization: headers.authorization,
      headers,
      body: Buffer.concat(chunks),
      at: performance.now(),
      status: 0,
    }
    this.arrivals.push(arrival)
    const answer: Answer = (status, body, more = {}) => {
      arrival.status = status
      response.writeHead(status, { ...JSON_TYPE, ...more })
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
    }
    // A token is judged when the request arrives; the answer may take its time.
    const respond = this.#respond(arrival, answer, request, response)
    for (const look of this.#watchers) look()
    const wait = path.startsWith('/auth/refresh') ? this.refreshDelay : this.delay(path, this.arrivals.length)
    if (wait > 0) await this.#sleep(wait)
    await this.hold(arrival)
    respond()
  }

  #respond(arrival: Arrival, answer: Answer, request: IncomingMessage, response: ServerResponse): () => void {
    const grant = this.#owner(arrival.authorization)
    const reply = this.answers(arrival, grant !== undefined)
    if (reply) return () => answer(reply.status, reply.body ?? '', reply.headers)
    if (arrival.path === '/auth/login') {
      const granted = { ...this.grant(), ...this.extra }
      return () => answer(200, granted)
    }
    if (arrival.path === '/auth/refresh') return this.#refresh(arrival, answer, request, response)
    if (arrival.path === '/auth/logout') {
      this.logouts++
      return () => answer(204, '')
    }
    if (arrival.path.startsWith('/public')) return () => answer(200, { public: true })
    if (arrival.path.startsWith('/page')) return () => answer(200, PAGE, { 'content-type': 'text/html' })
    if (!grant) {
      const challenge = arrival.authorization ? 'Bearer error="invalid_token"' : 'Bearer'
      return () =>
        answer(401, { error: 'unauthorized', path: arrival.path }, { 'www-authenticate': challenge })
    }
    if (arrival.path.startsWith('/stream')) {
      return () => {
        arrival.status = 200
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.write('one ')
        response.end('two')
      }
    }
    if (arrival.path.startsWith('/empty')) return () => answer(204, '')
    if (arrival.path.startsWith('/auth/me')) return () => answer(200, { id: grant.id })
    return () => answer(200, { path: arrival.path, session: grant.id })
  }

  #owner(authorization: string | undefined): Grant | undefined {
    const isValid = (token: string) => authorization === `Bearer ${token}`
    return this.#grants.find(
      ({ access, older, revoked }) => !revoked && (isValid(access) || older.some(isValid)),
    )
  }

  #refresh(arrival: Arrival, answer: Answer, request: IncomingMessage, response: ServerResponse): () => void {
    const presented = refreshTokenIn(arrival.body)
    const grant = this.#grants.find(({ refresh, spent }) => refresh === presented || spent.has(presented))
    if (grant) this.#watch(grant, response)
    const fault = this.faults.shift()
    if (fault === 'drop-before') return () => request.socket.destroy()
    if (fault === 'hang') return () => {}
    if (typeof fault === 'object' && 'status' in fault && !('rotated' in fault)) {
      return () => answer(fault.status, fault.body ?? { error: 'fault' }, fault.headers)
    }
    const refused = () => answer(400, { error: 'invalid_grant' })
    if (this.refusing || !grant || grant.revoked) return refused
    if (grant.spent.has(presented)) {
      this.reuses++
      if (!grant.lost) this.wantonReuses++
      grant.revoked = true
      return refused
    }
    const brought = this.#renew(grant)
    if (fault !== undefined) grant.lost = true
    if (fault === 'drop-after') return () => request.socket.destroy()
    if (fault === 'hang-after') return () => {}
    if (typeof fault === 'object') {
      const { rotated, contentType = 'application/json', status = 200 } = fault
      return () => answer(status, rotated, { 'content-type': contentType })
    }
    return () => answer(200, { ...brought, token_type: 'Bearer', ...this.extra })
  }

  #renew(grant: Grant): Partial<GrantedTokens> {
    this.refreshes++
    const turn = ++grant.turn
    if (this.tolerant) grant.older.push(grant.access)
    grant.access = this.mint(`AT-${grant.id}-${turn}`)
    if (!this.rotates) return { access_token: grant.access }
    grant.spent.add(grant.refresh)
    grant.refresh = `RT-${grant.id}-${turn}`
    return { access_token: grant.access, refresh_token: grant.refresh }
  }

  /** Counts the refreshes of a session that are pending at once. */
  #watch(grant: Grant, response: ServerResponse): void {
    if (++grant.pending > 1) this.overlaps++
    const { turn } = grant
    response.once('close', () => {
      grant.pending--
      // The client gave up before it had the answer.
      if (grant.turn > turn && !response.writableFinished) grant.lost = true
    })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve()
      }, ms)
      this.#timers.add(timer)
    })
  }
}

function refreshTokenIn(body: Buffer): string {
  try {
    return String(Object(JSON.parse(body.toString())).refresh_token)
  } catch {
    return ''
  }
}
