import { isAxiosError, isCancel } from 'axios'
import { isAuthError } from '../../../src/index.ts'
import { uptime } from '../../support/fake-time.ts'
import type { History } from './history.ts'
import type { RefreshRules } from './refresh-rules.ts'
import type { TrackedRequest } from './request.ts'
import type { SessionRules } from './session-rules.ts'
import { type Sending, isTokenRefused } from './wire.ts'

const ENDED = '3: nothing of a session after its end'
const SETTLES = '4: every promise settles with what is its own'
const ONCE = '5: a replay once, byte for byte'

/** The longest that the retries of one refresh pause in all, in ms. */
export const BACKOFF = 2 * 5_000

/** What an axios response or error shows of the request behind it. */
interface Answered {
  readonly status?: number
  readonly data?: unknown
  readonly config?: { readonly headers?: { get?(name: string): unknown } }
}

/**
 * Each request settles in time with its own answer or its own error; it is sent within its session alone, and again
 * once at the most, byte for byte, where it may be.
 */
export class RequestRules {
  readonly all: TrackedRequest[] = []
  /** Which installation of the library is there; 0: none. */
  visit = 0
  readonly #sessions: SessionRules
  readonly #refreshes: RefreshRules
  readonly #history: History
  readonly #longestWait: number
  readonly #errors = new Set<unknown>()
  /** Tokens that a replay was refused with, and when. */
  readonly #refusedFresh = new Map<string, number>()

  constructor(sessions: SessionRules, refreshes: RefreshRules, history: History, refreshTimeout: number) {
    this.#sessions = sessions
    this.#refreshes = refreshes
    this.#history = history
    // The stored session is read, and the refresh makes three attempts.
    this.#longestWait = 4 * refreshTimeout + BACKOFF
  }

  get unsettled(): TrackedRequest[] {
    return this.all.filter(({ outcome }) => outcome === null)
  }

  /** A session began or ended. */
  sessionSeen(): void {
    for (const request of this.unsettled) {
      if (request.isOpen) request.sessions.add(this.#sessions.current?.grant ?? null)
    }
  }

  sent(sending: Sending): void {
    const request = this.#requestOf(sending)
    if (!request) return
    const { number, sendings } = request
    const [first] = sendings
    if (request.outcome) this.#broken(ONCE, `Request ${number} is sent after it was settled.`)
    request.waitsSince = null
    sendings.push(sending)
    this.#judgeToken(request, sending)
    if (first) this.#judgeReplay(request, first, sending)
  }

  concluded(sending: Sending): void {
    const { isReplay, authorization } = sending
    if (isReplay && isTokenRefused(sending)) this.#refusedFresh.set(String(authorization), uptime())
    const request = this.#requestOf(sending)
    if (request) request.waitsSince = uptime()
  }

  settled(request: TrackedRequest): void {
    const { number, outcome, sendings, waitsSince } = request
    if (!outcome) return
    if (sendings.at(-1)?.state === 'pending')
      this.#broken(SETTLES, `Request ${number} settles before its answer.`)
    this.#judgeWait(request, waitsSince)
    if ('value' in outcome) this.#judgeAnswer(request, outcome.value as Answered)
    else this.#judgeError(request, outcome.error)
  }

  /** All that can happen by itself has happened. */
  check(isPending: boolean): void {
    for (const request of this.unsettled) {
      const { number, sessions, sendings } = request
      if (!isPending) request.isOpen = false
      if (sendings.at(-1)?.state === 'pending') continue
      if (request.isAborted) this.#broken(SETTLES, `Request ${number} was aborted and is still there.`)
      if (request.visit !== this.visit)
        this.#broken(SETTLES, `Request ${number} waits in an unmounted application.`)
      this.#judgeWait(request, request.waitsSince)
      const isOver = [...sessions].every(
        (grant) => grant !== null && this.#sessions.endOf(grant, this.visit) !== null,
      )
      if (!request.isOpen && isOver)
        this.#broken(SETTLES, `Request ${number} waits for a session that is over.`)
    }
    for (const { number, outcome, listeners } of this.all) {
      if (outcome && listeners() > 0) {
        this.#broken('6: nothing left behind', `The signal of request ${number} still has a listener.`)
      }
    }
  }

  #requestOf({ request }: Sending): TrackedRequest | undefined {
    return request === null ? undefined : this.all[request]
  }

  #judgeToken({ number, spec, sessions, sendings }: TrackedRequest, { authorization }: Sending): void {
    const { current } = this.#sessions
    const expected = spec.token === 'own' ? 'Bearer mine' : null
    if (spec.token !== 'session') {
      if (authorization !== expected) this.#broken(ENDED, `Request ${number} is sent with ${authorization}.`)
      return
    }
    const rightful = current ? `Bearer ${current.access}` : null
    if (authorization !== rightful) {
      this.#broken(ENDED, `Request ${number} is sent with ${authorization}, not with ${rightful}.`)
    }
    if (!sessions.has(current?.grant ?? null)) {
      this.#broken(ENDED, `Request ${number} is sent in another session than it was made in.`)
    }
    if (!current || sendings.length > 1) return
    if (current.expiresAt <= Date.now()) this.#broken(SETTLES, `Request ${number} is sent with a dead token.`)
    if (this.#refreshes.isPending && this.#refreshes.isRejected(current.access)) {
      this.#broken(SETTLES, `Request ${number} is sent with a token that is just being replaced.`)
    }
  }

  #judgeReplay({ number, spec, sendings }: TrackedRequest, first: Sending, again: Sending): void {
    if (sendings.length > 2) this.#broken(ONCE, `Request ${number} is sent ${sendings.length} times.`)
    if (first.shape !== again.shape) {
      this.#broken(ONCE, `Request ${number} is replayed as ${again.shape}, and was ${first.shape}.`)
    }
    if (first.authorization === again.authorization)
      this.#broken(ONCE, `Request ${number} is replayed as it was.`)
    const may = isTokenRefused(first) && spec.token === 'session' && spec.body !== 'stream'
    if (!may) this.#broken(ONCE, `Request ${number} is replayed, and may not be.`)
    if (!first.authorization)
      this.#broken(ENDED, `Request ${number} was made without a session, and is replayed.`)
  }

  #judgeWait({ number }: TrackedRequest, since: number | null): void {
    const wait = since === null ? 0 : uptime() - since
    if (wait > this.#longestWait) this.#broken(SETTLES, `Request ${number} waits for ${wait} ms.`)
  }

  #judgeAnswer(request: TrackedRequest, response: Answered): void {
    const { number, sendings } = request
    const reply = sendings.at(-1)?.reply
    const isItsOwn =
      typeof reply === 'object' && reply?.status === response.status && answers(number, response)
    if (!isItsOwn) this.#broken(SETTLES, `Request ${number} gets an answer that is not its own.`)
    if (response.config?.headers?.get?.('Authorization') && request.spec.token !== 'own') {
      this.#broken(SETTLES, `The config of request ${number} comes back with a token.`)
    }
    this.#judgeRefusal(request)
  }

  #judgeRefusal({ number, spec, sendings }: TrackedRequest): void {
    const [only, again] = sendings
    if (again || !only?.authorization || !isTokenRefused(only)) return
    // A token that was refused right after it was issued is not refreshed again by each who comes.
    const refusedAt = this.#refusedFresh.get(only.authorization) ?? -Infinity
    if (uptime() - refusedAt <= 1_000) return
    if (spec.body !== 'stream' && spec.token === 'session') {
      this.#broken(SETTLES, `Request ${number} gets a 401 that a refresh might have spared it.`)
    }
  }

  #judgeError(request: TrackedRequest, error: unknown): void {
    const { number, isAborted, sendings, visit } = request
    if (isCancel(error)) {
      if (!isAborted) this.#broken(SETTLES, `Request ${number} is canceled by nobody.`)
      return
    }
    if (sendings.length === 0 && visit !== this.visit && /has no application/.test(String(error))) return
    if (!isAxiosError(error) || !error.config?.url?.includes(`/items/${number}?`)) {
      return this.#broken(SETTLES, `Request ${number} gets an error that is not its own: ${String(error)}`)
    }
    if (this.#errors.has(error)) this.#broken(SETTLES, `Request ${number} shares its error with another one.`)
    this.#errors.add(error)
    if (isAuthError(error)) return this.#judgeAuthError(request, error.code, error.response)
    if (error.response) return this.#judgeAnswer(request, error.response)
    if (sendings.at(-1)?.reply !== 'cut off')
      this.#broken(SETTLES, `Request ${number} gets ${String(error)}.`)
  }

  #judgeAuthError(request: TrackedRequest, code: string, response: Answered | undefined): void {
    const { number, sendings, sessions, since, visit } = request
    if (sendings.length > 1) this.#broken(SETTLES, `Request ${number} gets ${code} in place of its answer.`)
    const grants = [...sessions].filter((grant) => grant !== null)
    const ends = grants.map((grant) => this.#sessions.endOf(grant, visit))
    const reasons: Record<string, boolean> = {
      ERR_AUTH_EXPIRED: ends.includes('expired'),
      ERR_AUTH_SESSION_CHANGED:
        ends.some((end) => end === 'logout' || end === 'replaced') || visit !== this.visit,
      ERR_AUTH_REFRESH: grants.some((grant) => this.#refreshes.hasFailed(grant, since)),
    }
    if (!reasons[code]) this.#broken(SETTLES, `Request ${number} gets ${code} for no reason.`)
    const isOwn401 = response?.status === 401 && answers(number, response)
    const expects401 = code === 'ERR_AUTH_EXPIRED' && sendings.length === 1
    if (expects401 ? !isOwn401 : response) {
      this.#broken(SETTLES, `Request ${number} gets ${code} with the wrong response: ${response?.status}.`)
    }
  }

  #broken(promised: Parameters<History['broken']>[0], how: string): void {
    this.#history.broken(promised, how)
  }
}

/** Whether a server's answer is the one to a request. */
const answers = (number: number, { data }: Answered) =>
  String(JSON.stringify(data)).includes(`/items/${number}?`)
