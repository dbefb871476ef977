import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AxiosResponse } from 'axios'
import { watch } from 'vue'
import type { AuthTokens } from '../../src/index.ts'
import { type Harness, install } from './app.ts'
import { listenersOf } from './listeners-of.ts'
import { times } from './outcomes.ts'
import { refreshFaults } from './refresh-faults.ts'
import { seededRandom } from './seeded-random.ts'
import { Shelf } from './shelf.ts'
import { StrictServer } from './strict-server.ts'
import { Wire } from './wire.ts'

/** How something that was asked for ended. */
export type End<T> = { value: T } | { error: unknown } | 'never'

/** A request that a schedule sent, with what is to be known of it afterwards. */
export interface SentRequest {
  path: string
  body: 'none' | 'json' | 'stream'
  aborted: boolean
  /** The listeners that are left on its signal. */
  listeners: { readonly count: number }
  end: End<AxiosResponse>
}

/** An action of the store that a schedule called. */
export interface CalledAction {
  name: 'login' | 'logout' | 'setTokens' | 'refresh'
  end: End<unknown>
}

/** A change of the session, seen from outside. */
export interface Succession {
  order: number
  /** Whose session it is from now on; `null`: nobody's. */
  now: string | null
}

/** A value that was handed to the storage. */
export interface Write {
  order: number
  text: string
}

/** All that can be known of a schedule from outside, once it is over. */
export interface Report {
  seed: number
  steps: string[]
  server: StrictServer
  wire: Wire
  requests: SentRequest[]
  actions: CalledAction[]
  successions: Succession[]
  writes: Write[]
  /** What the storage holds in the end. */
  stored: string
  /** What the store held in the end, or when the application was unmounted. */
  tokens: Readonly<AuthTokens> | null
  /** Handlers of the library that are left on the instance. */
  interceptors: number
  wasUnmountedEarly: boolean
}

const REFRESH_TIMEOUT = 300

/** Longer than anything may take: three attempts, their waits of up to 2 s each, and the way there. */
const PATIENCE = 3 * REFRESH_TIMEOUT + 2 * 2_000 + 3_000

/** Whose token it is. */
export const ownerOf = (token: string | null | undefined): string | null =>
  /[AR]T-(\d+)-\d+/.exec(token ?? '')?.[1] ?? null

/** Lives through a random sequence of events over real sockets, in real time. */
export async function live(seed: number): Promise<Report> {
  return new Schedule(seed, await new StrictServer().start()).run()
}

type Happening = [name: string, weight: number, happen: () => unknown]

class Schedule {
  readonly steps: string[] = []
  readonly requests: SentRequest[] = []
  readonly actions: CalledAction[] = []
  readonly successions: Succession[] = []
  readonly writes: Write[] = []
  readonly wire = new Wire()
  readonly storage = new Shelf()
  readonly seed: number
  readonly server: StrictServer
  readonly client: Harness
  readonly slowness: number
  readonly random: () => number
  readonly #endings: Array<Promise<void>> = []
  readonly #aborts: Array<() => void> = []
  readonly #unwatch: () => void
  #underWay = 0

  /** What may happen next, and how often it does. */
  readonly #happenings: Happening[] = [
    ['request', 30, () => this.#send()],
    ['burst', 8, () => times(6, () => this.#send())],
    ['expire', 14, () => this.server.expire()],
    ['fault', 8, () => this.server.faults.push(this.#oneOf(...refreshFaults()))],
    ['login', 3, () => this.#call('login')],
    ['logout', 2, () => this.#call('logout')],
    ['setTokens', 2, () => this.#call('setTokens')],
    ['refresh', 6, () => this.#call('refresh')],
    ['abort', 8, () => this.#aborts[this.#below(this.#aborts.length)]?.()],
    ['long pause', 3, () => sleep(1_050)],
  ]

  constructor(seed: number, server: StrictServer) {
    this.seed = seed
    this.server = server
    this.random = seededRandom(seed)
    this.slowness = this.#oneOf(0, 0, 10, 60)
    this.#prepareServer()
    this.#prepareStorage()
    this.client = install(
      {
        axios: { baseURL: server.url, adapter: this.wire.adapter },
        storage: this.storage,
        refreshTimeout: REFRESH_TIMEOUT,
      },
      (app) => {
        // Failures of the storage are part of the game, and are told of here.
        app.config.errorHandler = () => {}
      },
    )
    this.#unwatch = watch(
      () => ownerOf(this.client.store.accessToken),
      (now) => this.successions.push({ order: this.wire.tick(), now }),
      { flush: 'sync' },
    )
  }

  async run(): Promise<Report> {
    if (this.random() < 0.85) this.#call('setTokens')
    await this.#takeSteps(20 + this.#below(25))
    return this.#end(this.random() < 0.15)
  }

  async #takeSteps(count: number): Promise<void> {
    while (this.steps.length < count) {
      const [name, , happen] = this.#next()
      this.steps.push(name)
      await happen()
      if (this.random() < 0.7) await sleep(this.#below(50))
      // Nobody stays signed out for long: most of what can go wrong needs a session.
      if (!this.client.store.isAuthenticated && this.random() < 0.3) this.#call('setTokens')
    }
  }

  async #end(wasUnmountedEarly: boolean): Promise<Report> {
    const { seed, steps, server, wire, requests, actions, successions, writes, storage } = this
    const { auth, store } = this.client
    // An unmount ends no session: what the store held by then is what the storage has to end with.
    const { tokens: left } = store
    if (wasUnmountedEarly) this.#leave()
    await Promise.race([Promise.all(this.#endings), sleep(PATIENCE, undefined, { ref: false })])
    // A refresh that nobody waited for, and what the storage is about.
    await this.#isCalm()
    const tokens = wasUnmountedEarly ? left : store.tokens
    const stored = storage.content
    if (!wasUnmountedEarly) this.#leave()
    const interceptors = (auth.http.interceptors.request.handlers ?? []).filter(Boolean).length
    await server.stop()
    const seen = { seed, steps, server, wire, requests, actions, successions, writes }
    return { ...seen, stored, tokens, interceptors, wasUnmountedEarly }
  }

  #leave(): void {
    this.#unwatch()
    this.client.app.unmount()
  }

  #prepareServer(): void {
    const { server } = this
    const spread = this.#oneOf(1, 30, 80)
    server.tolerant = this.random() < 0.3
    server.refreshDelay = this.#oneOf(0, 5, 40)
    server.delay = (path) => (Number(path.split('/').at(-1)) * 13) % spread
    if (this.random() < 0.4) server.extra = { expires_in: this.#oneOf(1, 2, 3_600) }
  }

  #prepareStorage(): void {
    const brokenness = this.#oneOf(0, 0, 0, 0.3)
    this.storage.before = async (operation, value) => {
      if (operation === 'setItem') this.writes.push({ order: this.wire.tick(), text: value ?? '' })
      const isFull = operation === 'setItem' && this.random() < brokenness
      this.#underWay++
      await sleep(this.random() * this.slowness)
      this.#underWay--
      if (isFull) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  }

  /** Resolves once nothing is under way that nobody asked for. */
  async #isCalm(): Promise<void> {
    const isBusy = () => this.#underWay > 0 || this.client.store.isRefreshing
    for (let calm = 0; calm < 5; calm = isBusy() ? 0 : calm + 1) await sleep(4)
  }

  #send(): void {
    const path = `/items/${this.requests.length}`
    const body = this.#oneOf<SentRequest['body']>('none', 'none', 'json', 'json', 'stream')
    const controller = new AbortController()
    const { signal } = controller
    const request: SentRequest = { path, body, aborted: false, listeners: listenersOf(signal), end: 'never' }
    this.requests.push(request)
    this.#aborts.push(() => {
      if (request.end !== 'never') return
      request.aborted = true
      controller.abort()
    })
    const bodies = {
      none: undefined,
      json: { path, note: 'é'.repeat(this.#below(50)) },
      stream: Readable.from([path]),
    }
    const method = body === 'none' ? 'get' : 'post'
    const { http } = this.client.auth
    this.#follow(request, http.request({ url: path, method, data: bodies[body], signal, maxRedirects: 0 }))
  }

  #call(name: CalledAction['name']): void {
    const { store } = this.client
    const action: CalledAction = { name, end: 'never' }
    this.actions.push(action)
    const calls: Record<CalledAction['name'], () => Promise<unknown>> = {
      login: () => store.login({}),
      logout: () => store.logout(),
      setTokens: () => store.setTokens({ ...this.server.grant(), ...this.server.extra }),
      refresh: () => store.refresh(),
    }
    this.#follow(action, calls[name]())
  }

  #follow<T>(what: { end: End<T> }, work: Promise<T>): void {
    const note = (end: End<T>) => {
      what.end = end
    }
    this.#endings.push(
      work.then(
        (value) => note({ value }),
        (error: unknown) => note({ error }),
      ),
    )
  }

  #next(): Happening {
    const total = this.#happenings.reduce((sum, [, weight]) => sum + weight, 0)
    let draw = this.random() * total
    return this.#happenings.find(([, weight]) => (draw -= weight) < 0) ?? this.#happenings[0]!
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  #oneOf<T>(...choices: T[]): T {
    return choices[this.#below(choices.length)]!
  }
}
