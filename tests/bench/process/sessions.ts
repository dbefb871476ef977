import type { Tokens } from '../contestant.ts'

/** What has arrived so far. */
export interface Counts {
  /** Requests for a resource, answered or turned away. */
  requests: number
  /** Those that were answered 401. */
  refused: number
  /** Requests at the token endpoint, whatever came of them. */
  refreshRequests: number
  /** Refresh tokens that were exchanged. */
  refreshes: number
  /** Spent refresh tokens that came again: each ends its session. */
  reuses: number
}

interface Session {
  access: string
  refresh: string
  spent: Set<string>
}

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Sessions as RFC 9700 section 4.14.2 has them: refresh tokens rotate, and one that comes again ends its session. */
export class Sessions {
  counts: Counts = { requests: 0, refused: 0, refreshRequests: 0, refreshes: 0, reuses: 0 }
  readonly #byAccess = new Map<string, Session>()
  readonly #byRefresh = new Map<string, Session>()
  /** How many spent refresh tokens of a session are remembered. */
  readonly #memory: number
  #counter = 0

  constructor(memory = Infinity) {
    this.#memory = memory
  }

  /** Signs somebody in, for so long in ms. */
  grant(lifetime: number): Tokens {
    const session: Session = { access: '', refresh: '', spent: new Set() }
    const expiresAt = Date.now() + lifetime
    this.#renew(session, expiresAt)
    return { accessToken: session.access, refreshToken: session.refresh, expiresAt }
  }

  /** Lets every access token die. */
  expire(): void {
    this.#byAccess.clear()
  }

  letsIn(authorization: string | undefined): boolean {
    const isAlive = this.#byAccess.has(authorization?.slice('Bearer '.length) ?? '')
    this.counts.requests++
    if (!isAlive) this.counts.refused++
    return isAlive
  }

  /** The reply to a refresh; `null` where it is refused. */
  refresh(presented: string): object | null {
    this.counts.refreshRequests++
    const session = this.#byRefresh.get(presented)
    if (!session) return null
    if (session.spent.has(presented)) {
      this.counts.reuses++
      this.#end(session)
      return null
    }
    this.counts.refreshes++
    session.spent.add(presented)
    if (session.spent.size > this.#memory) this.#forget(session)
    this.#byAccess.delete(session.access)
    this.#renew(session, Date.now() + 3_600_000)
    return {
      access_token: session.access,
      refresh_token: session.refresh,
      token_type: 'Bearer',
      expires_in: 3_600,
    }
  }

  #renew(session: Session, expiresAt: number): void {
    const turn = ++this.#counter
    const claims = { jti: turn, exp: Math.floor(expiresAt / 1000) }
    session.access = `${base64({ alg: 'none' })}.${base64(claims)}.signature`
    session.refresh = `refresh-${turn}`
    this.#byAccess.set(session.access, session)
    this.#byRefresh.set(session.refresh, session)
  }

  #forget({ spent }: Session): void {
    const [oldest = ''] = spent
    spent.delete(oldest)
    this.#byRefresh.delete(oldest)
  }

  #end(session: Session): void {
    this.#byAccess.delete(session.access)
    for (const token of [session.refresh, ...session.spent]) this.#byRefresh.delete(token)
  }
}
