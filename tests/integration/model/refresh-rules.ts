import { uptime } from '../../support/fake-time.ts'
import type { Grant } from '../../support/model-server.ts'
import type { History } from './history.ts'
import type { SeenSession, SessionRules } from './session-rules.ts'
import { type Sending, isTokenRefused } from './wire.ts'

const AGAIN = '1: no refresh token again once it may have been replaced'
const ONE = '2: one refresh in flight'

/** For how long a failed refresh answers for the next one, in ms. */
/** How long anyone waits for a refresh, in ms. */
const PATIENT = 4_000

const SHARED = 1_000

/** A longer `Retry-After` ends the attempt, in ms. */
const PATIENCE = 5_000

/** How long before its end, in ms, a token is refreshed beside the requests that use it. */
const LEEWAY = 30_000

/** What a client knows of its refresh token, once it is through with a refresh. */
type Told = 'on its way' | 'replaced' | 'kept' | 'refused' | 'unspent' | 'unknown'

/** A refresh as the store shows it, with what it sent. */
interface Flight {
  readonly visit: number
  readonly grant: Grant
  readonly sendings: Sending[]
}

/**
 * No refresh token is sent again once it may have been replaced, except at the next need after a reply was lost; and
 * at most one refresh is in flight for a session, made only where one is needed.
 */
export class RefreshRules {
  /** Whether the application has asked for a refresh by itself. */
  isAskedFor = false
  readonly #sessions: SessionRules
  readonly #history: History
  readonly #flights: Flight[] = []
  /** Until when the failures of a session's refreshes answer for the next need. */
  readonly #failures = new Map<Grant, number[]>()
  readonly #rejected = new Set<string>()
  /** From when on, on the device's clock, an access token may be refreshed by itself. */
  readonly #dueAt = new Map<string, number>()
  readonly #refused = new Set<Grant>()
  #flight: Flight | null = null
  #visit = 0

  constructor(sessions: SessionRules, history: History) {
    this.#sessions = sessions
    this.#history = history
  }

  /** Whether a refresh is pending. */
  get isPending(): boolean {
    return this.#flight !== null
  }

  /** Whether the client has been told that an access token is no longer let in. */
  isRejected(access: string): boolean {
    return this.#rejected.has(access)
  }

  /** Whether a refresh of a session failed that answers for a need at or after some time. */
  hasFailed(grant: Grant, since: number): boolean {
    // Whoever has waited long enough is told, while the answer is still on its way.
    const isSlow = this.#flights.some(
      (flight) => flight.grant === grant && flight.sendings.some(({ state }) => state === 'pending'),
    )
    return (
      (isSlow && uptime() - since >= PATIENT) ||
      Boolean(this.#failures.get(grant)?.some((until) => until >= since))
    )
  }

  /** Whether the server has refused to refresh a session. */
  wasRefused(grant: Grant): boolean {
    return this.#refused.has(grant)
  }

  /** The library is installed anew: what an earlier one knew is gone. */
  opened(): void {
    this.#flight = null
    this.#rejected.clear()
    this.#visit++
  }

  /** The store shows these tokens. */
  seen({ access, expiresAt }: SeenSession): void {
    if (this.#dueAt.has(access)) return
    this.#dueAt.set(access, expiresAt - Math.min(LEEWAY, Math.max(0, expiresAt - Date.now()) / 2))
  }

  /** The store shows whether a refresh is pending. */
  refreshing(is: boolean): void {
    if (is) this.#begin()
    else this.#end()
  }

  sent(sending: Sending): void {
    const { current } = this.#sessions
    const token = sending.refreshToken
    if (sending.path !== '/auth/refresh' || token === null) return
    const owner = this.#sessions.ownerOf(sending)
    // A logout with a dead access token is refreshed for, so that it reaches the server.
    if (owner && owner !== current?.grant && this.#sessions.isSignedOut(owner)) return
    // A stored session that is signed out before it was read is told to the server as well.
    if (!current && this.#sessions.claims > 0) return
    if (!current) return this.#history.broken(ONE, `${token} is sent without a session.`)
    const flight = this.#flight
    if (!flight) return this.#history.broken(ONE, `${token} is sent outside of a refresh.`)
    for (const other of this.#flights) {
      if (other.grant === flight.grant && other.sendings.some(({ state }) => state === 'pending')) {
        this.#history.broken(ONE, `${token} is sent while another refresh of its session is on its way.`)
      }
    }
    if (!this.#sessions.isDoubtful(flight.grant)) this.#judgeToken(token, current, flight)
    flight.sendings.push(sending)
    if (flight.sendings.length > 3) this.#history.broken(AGAIN, `${token} is retried more than twice.`)
  }

  concluded(sending: Sending): void {
    const { visit, path, isReplay, authorization } = sending
    const grant = this.#sessions.ownerOf(sending)
    if (grant && path === '/auth/refresh' && told(sending) === 'refused') this.#refused.add(grant)
    // A replay's answer is its caller's alone, whatever it is.
    if (visit !== this.#visit || isReplay || !isTokenRefused(sending)) return
    this.#rejected.add(String(authorization?.replace('Bearer ', '')))
  }

  /** The server was sent a refresh token that it had replaced. */
  reused(token: string): void {
    const earlier = this.#flights
      .flatMap(({ sendings }) => sendings)
      .filter((sent) => sent.refreshToken === token)
    const grant = earlier[0] && this.#sessions.ownerOf(earlier[0])
    if (grant && this.#sessions.isDoubtful(grant)) return
    if (!earlier.some((sending) => told(sending) === 'unknown')) {
      this.#history.broken(AGAIN, `The server counts a reuse of ${token}, and no reply was lost.`)
    }
  }

  #judgeToken(token: string, current: SeenSession, flight: Flight): void {
    if (token !== current.refresh)
      this.#history.broken(AGAIN, `${token} is sent, but ${current.refresh} is the newest.`)
    for (const earlier of this.#flights) {
      const last = earlier.sendings.at(-1)
      // What came before a success is settled; the token was kept by it, or this is not the newest.
      if (earlier !== flight && last && told(last) === 'kept') continue
      for (const sending of earlier.sendings) {
        if (sending.refreshToken === token) this.#judgeRepetition(sending, earlier, flight)
      }
    }
  }

  /** Whether a token may be sent again after an earlier time, in the same refresh or a later one. */
  #judgeRepetition(sending: Sending, earlier: Flight, now: Flight): void {
    const broken = (how: string) =>
      this.#history.broken(AGAIN, `${sending.refreshToken} is sent again ${how}.`)
    const knowledge = told(sending)
    const wait = retryAfter(sending)
    const since = uptime() - sending.concludedAt
    if (knowledge === 'kept' || knowledge === 'on its way') return
    if (knowledge === 'replaced') broken('after it was replaced')
    // A new installation knows nothing of what an earlier one was told.
    if (earlier.visit !== now.visit) return
    if (knowledge === 'refused') broken('after it was refused')
    if (since < wait) broken('before the server wants it')
    if (earlier === now) {
      if (knowledge === 'unknown') broken('by itself after its reply was lost')
      if (wait > PATIENCE) broken('by itself in spite of a long Retry-After')
    } else if (since < SHARED) broken(`${since} ms after a refresh failed`)
  }

  #begin(): void {
    const { current } = this.#sessions
    if (!current) return this.#history.broken(ONE, 'A refresh begins without a session.')
    const { grant, access } = current
    const isNeeded =
      this.isAskedFor || this.#rejected.has(access) || Date.now() >= (this.#dueAt.get(access) ?? Infinity)
    if (!isNeeded) this.#history.broken(ONE, `A refresh begins that nobody needs: ${access} still serves.`)
    this.#flight = { visit: this.#visit, grant, sendings: [] }
    this.#flights.push(this.#flight)
  }

  #end(): void {
    const flight = this.#flight
    this.#flight = null
    if (!flight) return
    const last = flight.sendings.at(-1)
    if (last && ['replaced', 'kept', 'refused'].includes(told(last))) return
    // A Retry-After is stretched by chance, by up to a quarter.
    const wait = last ? Math.max(SHARED, 1.25 * retryAfter(last)) : 0
    const failures = this.#failures.get(flight.grant) ?? []
    this.#failures.set(flight.grant, [...failures, uptime() + wait])
  }
}

/** What an answer to a refresh tells a careful client. */
function told({ state, reply }: Sending): Told {
  if (state === 'pending') return 'on its way'
  if (reply === 'not connected') return 'unspent'
  if (reply === null || reply === 'cut off') return 'unknown'
  const isPage = reply.body.startsWith('<')
  if ([429, 503].includes(reply.status)) return 'unspent'
  if ([400, 401, 403].includes(reply.status) && !isPage) return 'refused'
  if (reply.status !== 200 || !reply.body.includes('"access_token":"')) return 'unknown'
  return reply.body.includes('refresh_token') ? 'replaced' : 'kept'
}

/** How long the server wants to be left alone, in ms. */
function retryAfter({ reply }: Sending): number {
  return reply !== null && typeof reply === 'object' ? Number(reply.headers['retry-after'] ?? 0) * 1000 : 0
}
