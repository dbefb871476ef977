import { isAxiosError } from 'axios'
import type { Scheduler } from 'fast-check'
import { vi } from 'vitest'
import { type AuthBackend, isAuthError } from '../../../src/index.ts'
import { settled, uptime } from '../../support/fake-time.ts'
import { type ModelCredentials, ModelServer } from '../../support/model-server.ts'
import { createBackend } from './backend.ts'
import { Disk, type Trouble } from './disk.ts'
import { logoutFates, refreshFates } from './fates.ts'
import { HookError, type HookKind, createHook } from './hooks.ts'
import { Invariants } from './invariants.ts'
import { BACKOFF } from './request-rules.ts'
import { type Outcome, type RequestSpec, type TrackedRequest, prepare } from './request.ts'
import type { LoginRecord } from './session-rules.ts'
import type { Tally } from './tally.ts'
import { Visit } from './visit.ts'
import { Wire } from './wire.ts'

/** What is the same throughout a run. */
export interface Settings {
  /** Of access tokens, in seconds; `null`: they end with the next refresh, or when the server says so. */
  readonly lifetime: number | null
  /** Whether the backend knows users. */
  readonly user: boolean
  readonly hooks: HookKind
  /** With a session that is stored, with one that is just being stored, or with none. */
  readonly starts: 'signed in' | 'signing in' | 'signed out'
  /** Whether the application goes while things are under way. */
  readonly endsMidway: boolean
}

/** Bounds one refresh attempt, one operation of the storage and one logout, in ms. */
const REFRESH_TIMEOUT = 4_000

/** The stored session is read, then the refresh makes three attempts. */
const LONGEST_REFRESH = 4 * REFRESH_TIMEOUT + BACKOFF

/** A storage in trouble: a write, then the removal of what it could not replace. */
const LONGEST_STORING = 2 * REFRESH_TIMEOUT

/** What a pending attempt still brings, then the logout itself. */
const LONGEST_LOGOUT = 2 * REFRESH_TIMEOUT

/** Where the server answers at once: a request waits for a refresh before it is sent, and before it is replayed. */
const LONGEST = 2 * LONGEST_REFRESH + LONGEST_STORING

/** So many things do not follow from one another unless there is no end to it. */
const MANY = 200

const SETTLES = '4: every promise settles with what is its own'
const NOTHING_LEFT = '6: nothing left behind'

/** One run: an application, its storage and its server, and all that may happen to them. */
export class Stage {
  readonly server: ModelServer
  readonly invariants: Invariants
  /** How many steps have been made. */
  steps = 0
  readonly #scheduler: Scheduler
  readonly #settings: Settings
  readonly #tally: Tally
  readonly #wire: Wire
  readonly #disk: Disk
  readonly #backend: AuthBackend
  readonly #hook: () => void
  #visits = 0
  #visit: Visit

  constructor(scheduler: Scheduler, settings: Settings, tally: Tally) {
    this.#scheduler = scheduler
    this.#settings = settings
    this.#tally = tally
    this.server = new ModelServer(settings.lifetime)
    this.invariants = new Invariants(this.server, REFRESH_TIMEOUT, tally)
    this.#wire = new Wire(scheduler, this.server, this.invariants)
    this.#disk = new Disk(scheduler, REFRESH_TIMEOUT, (value) => this.invariants.sessions.stored(value))
    this.#backend = createBackend(this.#wire.refreshFates, settings.user)
    this.#hook = createHook(settings.hooks, () => this.request({ ...plain }))
    this.#visit = this.#open()
  }

  /** The requests that their callers may abort. */
  get abortable(): TrackedRequest[] {
    return this.invariants.requests.unsettled.filter(
      ({ spec, isAborted }) => !isAborted && ['signal', 'cancel token'].includes(spec.abort),
    )
  }

  /** Whether anything is on its way. */
  get isBusy(): boolean {
    return this.#scheduler.count() > 0
  }

  async start(): Promise<void> {
    const { starts } = this.#settings
    if (starts !== 'signed out') this.setTokens()
    await this.settle()
    if (starts === 'signed in') await this.deliver(Infinity)
  }

  /** Lets happen what happens by itself, and holds it against the invariants. */
  async settle(): Promise<void> {
    await settled()
    this.invariants.check(this.invariants.requests.visit === 0 ? null : this.#visit.store)
    this.invariants.assertUnbroken()
  }

  /** Lets the last things happen, takes the application away and looks at what is left. */
  async finish(): Promise<void> {
    if (!this.#settings.endsMidway) await this.#drain()
    await this.#close()
    await this.#drain()
    this.invariants.assertUnbroken()
  }

  request(spec: RequestSpec): void {
    const { requests, sessions } = this.invariants
    const number = requests.all.length
    const { config, abort, listeners } = prepare(number, spec)
    const request: TrackedRequest = {
      number,
      spec,
      visit: this.#visits,
      since: uptime(),
      sessions: new Set([sessions.current?.grant ?? null]),
      isOpen: true,
      sendings: [],
      waitsSince: uptime(),
      isAborted: spec.abort === 'beforehand',
      outcome: null,
      abort,
      listeners,
    }
    requests.all.push(request)
    this.#visit
      .instance(spec.via)
      .request(config)
      .then(
        (value) => this.#requestSettled(request, { value }),
        (error: unknown) => this.#requestSettled(request, { error }),
      )
  }

  abort(pick: number): void {
    const candidates = this.abortable
    const request = candidates[pick % candidates.length]
    if (!request) return
    request.isAborted = true
    request.abort()
  }

  /** Lets some of what is on its way arrive. */
  async deliver(count: number): Promise<void> {
    for (let done = 0; done < count && this.isBusy; done++) {
      if (done > MANY) this.invariants.broken(SETTLES, 'What is on its way never comes to an end.')
      await this.#scheduler.waitOne()
      await this.settle()
    }
  }

  /** What the next refreshes meet. */
  refreshesMeet(names: ReadonlyArray<keyof typeof refreshFates>): void {
    this.#wire.refreshFates.push(...names.map((name) => refreshFates[name]))
  }

  /** What the next operations of the storage meet. */
  storageMeets(troubles: readonly Trouble[]): void {
    this.#disk.troubles.push(...troubles)
  }

  login(wish: Omit<ModelCredentials, 'name'>, remember: boolean): void {
    const { sessions, requests, tasks } = this.invariants
    const name = `login ${sessions.logins.size + 1}`
    const login: LoginRecord = { name, remember, claim: ++sessions.claims, outcome: 'open' }
    sessions.logins.set(name, login)
    const visit = this.#visits
    const broken = (how: string) => this.invariants.broken(SETTLES, `${name} ${how}`)
    tasks.track(name, Infinity, this.#visit.store.login({ ...wish, name }, { remember }), {
      value() {
        if (login.outcome !== 'begun') broken('resolves, but no session began.')
      },
      error: (error) => {
        if (login.outcome === 'begun') broken('rejects, but its session began.')
        login.outcome = 'rejected'
        const isOvertaken = login.claim !== sessions.claims || visit !== requests.visit
        const isUsers = isAxiosError(error) && error.config?.url === '/auth/me'
        if (!isOvertaken && wish.login === 'let in' && !isUsers) broken(`rejects with ${String(error)}`)
      },
    })
  }

  logout(fate: keyof typeof logoutFates): void {
    const { store } = this.#visit
    this.#wire.logoutFates.push(logoutFates[fate])
    this.invariants.sessions.claims++
    this.invariants.tasks.track('logout', LONGEST_LOGOUT, store.logout())
    if (store.tokens)
      this.invariants.broken('3: nothing of a session after its end', 'A logout ends nothing.')
  }

  setTokens(): void {
    const { sessions, tasks } = this.invariants
    sessions.claims++
    const reply = this.server.grant(`tokens handed over at ${uptime()}`)
    const grant = this.server.ownerOf(String(reply.access_token))
    if (grant) sessions.received(grant, grant.refresh)
    tasks.track('setTokens', LONGEST_STORING, this.#visit.store.setTokens(reply))
  }

  refresh(): void {
    const broken = (how: string) => this.invariants.broken(SETTLES, `refresh() ${how}`)
    this.invariants.refreshes.isAskedFor = true
    const promise = (async () => this.#visit.store.refresh())()
    this.invariants.tasks.track('refresh', LONGEST_REFRESH, promise, {
      value: (tokens) => {
        const accessToken = String(Object(tokens).accessToken)
        if (!this.server.ownerOf(accessToken)) broken(`brings ${accessToken}.`)
      },
      error(error) {
        if (!isAuthError(error) && !(error instanceof HookError)) broken(`rejects with ${String(error)}`)
      },
    })
  }

  fetchUser(): void {
    if (!this.#settings.user) return
    this.invariants.tasks.track('fetchUser', Infinity, this.#visit.store.fetchUser())
  }

  attach(): void {
    this.#visit.attach()
  }

  /** The visitor goes and comes back. */
  async reopen(): Promise<void> {
    this.#tally.add('reopened')
    await this.#close()
    this.#visit = this.#open()
  }

  #open(): Visit {
    this.invariants.opened(++this.#visits, this.#disk)
    return new Visit({
      adapter: this.#wire.adapter(this.#visits),
      backend: this.#backend,
      disk: this.#disk,
      refreshTimeout: REFRESH_TIMEOUT,
      invariants: this.invariants,
      hook: this.#hook,
    })
  }

  async #close(): Promise<void> {
    this.#visit.unmount()
    await this.settle()
    await this.#comeToRest()
    this.invariants.closed(this.#visit.leftovers)
    for (let turns = 0; this.#disk.pending > 0; turns++) {
      if (turns > MANY) this.invariants.broken(NOTHING_LEFT, 'The storage is written to without end.')
      this.#disk.flush()
      await this.settle()
    }
    this.invariants.sessions.atRest(this.#disk)
    this.invariants.assertUnbroken()
  }

  /** What was on its way when the application was unmounted comes to its end. */
  async #comeToRest(): Promise<void> {
    for (let count = 0; count < 50; count++) {
      await this.deliver(Infinity)
      await this.settle()
      if (vi.getTimerCount() === 0) return
      vi.advanceTimersToNextTimer()
    }
  }

  /** Lets everything arrive, and time pass as long as somebody waits for it. */
  async #drain(): Promise<void> {
    const end = uptime() + LONGEST
    for (;;) {
      await this.deliver(Infinity)
      await this.settle()
      if (this.isBusy) continue
      const { unsettled } = this.invariants
      if (unsettled.length === 0) return
      if (vi.getTimerCount() === 0 || uptime() > end) {
        return this.invariants.broken(SETTLES, `These wait for nothing: ${unsettled.join(', ')}.`)
      }
      vi.advanceTimersToNextTimer()
    }
  }

  #requestSettled(request: TrackedRequest, outcome: Outcome): void {
    const told = tell(outcome)
    request.outcome = outcome
    this.invariants.note(`request ${request.number}: ${told}`)
    this.#tally.add(`requests: ${told}`)
    this.invariants.requests.settled(request)
  }
}

/** An ordinary request. */
export const plain: RequestSpec = {
  body: 'none',
  want: 'ok',
  token: 'session',
  abort: 'never',
  acceptsAll: false,
  via: 0,
}

function tell(outcome: Outcome): string {
  if ('value' in outcome) return `answered ${Object(outcome.value).status}`
  return isAxiosError(outcome.error) ? String(outcome.error.code) : String(outcome.error)
}
