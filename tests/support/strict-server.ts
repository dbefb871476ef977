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
  /** The refresh token is spent, and the answer is none that a client could use. */
  | { rotated: string; contentType?: string }

/** A request as it arrived. */
export interface Arrival {
  method: string
  path: string
  authorization: string | undefined
  headers: IncomingMessage['headers']
  body: Buffer
  /** The status it was answered with; 0 where there was no answer. */
  status: number
}

interface Grant {
  id: number
  access: string
  refresh: string
  spent: Set<string>
  revoked: boolean
}

/**
 * An API as strict as RFC 9700 section 4.14.2 allows: refresh tokens rotate, and a spent one that comes again revokes
 * its session.
 */
export class StrictServer {
  readonly arrivals: Arrival[] = []
  readonly faults: RefreshFault[] = []
  refreshes = 0
  reuses = 0
  logouts = 0
  /** What refreshes answer besides the tokens. */
  extra: Record<string, unknown> = {}
  /** How long a refresh takes, in ms. */
  refreshDelay = 0
  /** Holds an answer back; by path. */
  delay: (path: string, arrival: number) => number = () => 0
  /** Refuses every refresh. */
  refusing = false
  #grants: Grant[] = []
  #counter = 0
  #server: Server
  #timers = new Set<NodeJS.Timeout>()

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Signs somebody in without a request. */
  grant(): { access_token: string; refresh_token: string; token_type: string } {
    const id = ++this.#counter
    const grant: Grant = { id, access: `AT-${id}-1`, refresh: `RT-${id}-1`, spent: new Set(), revoked: false }
    this.#grants.push(grant)
    return { access_token: grant.access, refresh_token: grant.refresh, token_type: 'Bearer' }
  }

  /** Lets every access token die. */
  expire(): void {
    for (const grant of this.#grants) grant.access = `dead-${grant.access}`
  }

  /** Whether a refresh token would be taken now. */
  isAlive(refreshToken: string | undefined): boolean {
    return this.#grants.some(({ refresh, revoked }) => refresh === refreshToken && !revoked)
  }

  /** The requests that arrived below a path. */
  to(prefix: string): Arrival[] {
    return this.arrivals.filter(({ path }) => path.startsWith(prefix))
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
      status: 0,
    }
    this.arrivals.push(arrival)
    const answer = (status: number, body: unknown, more: Record<string, string> = {}) => {
      arrival.status = status
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    // A token is judged when the request arrives; the answer may take its time.
    const respond = this.#respond(arrival, answer, request, response)
    const wait = path.startsWith('/auth/refresh') ? this.refreshDelay : this.delay(path, this.arrivals.length)
    if (wait > 0) await this.#sleep(wait)
    respond()
  }

  #respond(
    arrival: Arrival,
    answer: (status: number, body: unknown, more?: Record<string, string>) => void,
    request: IncomingMessage,
    response: ServerResponse,
  ): () => void {
    if (arrival.path === '/auth/login') {
      return () => answer(200, this.grant())
    }
    if (arrival.path === '/auth/refresh') return this.#refresh(arrival, answer, request)
    if (arrival.path === '/auth/logout') {
      this.logouts++
      return () => answer(204, '')
    }
    if (arrival.path.startsWith('/public')) return () => answer(200, { public: true })
    const grant = this.#grants.find(({ access, revoked }) => !revoked && arrival.authorization === `Bearer ${access}`)
    if (!grant) {
      const challenge = arrival.authorization ? 'Bearer error="invalid_token"' : 'Bearer'
      return () => answer(401, { error: 'unauthorized', path: arrival.path }, { 'www-authenticate': challenge })
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

  #refresh(
    arrival: Arrival,
    answer: (status: number, body: unknown, more?: Record<string, string>) => void,
    request: IncomingMessage,
  ): () => void {
    const fault = this.faults.shift()
    if (fault === 'drop-before') return () => request.socket.destroy()
    if (fault === 'hang') return () => {}
    if (typeof fault === 'object' && 'status' in fault) {
      return () => answer(fault.status, fault.body ?? { error: 'fault' }, fault.headers)
    }
    const refused = () => answer(400, { error: 'invalid_grant' })
    if (this.refusing) return refused
    const { refresh_token: presented } = JSON.parse(arrival.body.toString() || '{}')
    const grant = this.#grants.find(({ refresh, spent }) => refresh === presented || spent.has(presented))
    if (!grant || grant.revoked) return refused
    if (grant.spent.has(presented)) {
      this.reuses++
      grant.revoked = true
      return refused
    }
    this.refreshes++
    const turn = grant.spent.size + 2
    grant.spent.add(grant.refresh)
    grant.refresh = `RT-${grant.id}-${turn}`
    grant.access = `AT-${grant.id}-${turn}`
    const { access, refresh } = grant
    if (fault === 'drop-after') return () => request.socket.destroy()
    if (typeof fault === 'object') {
      return () => answer(200, fault.rotated, { 'content-type': fault.contentType ?? 'application/json' })
    }
    return () => answer(200, { access_token: access, refresh_token: refresh, token_type: 'Bearer', ...this.extra })
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
