import { isAxiosError } from 'axios'
import type { AuthStore, SessionEndReason } from '../../../src/index.ts'
import type { ModelServer } from '../../support/model-server.ts'
import { type Disk, DiskError } from './disk.ts'
import { History, type Promised } from './history.ts'
import { HookError } from './hooks.ts'
import { RefreshRules } from './refresh-rules.ts'
import { RequestRules } from './request-rules.ts'
import { SessionRules } from './session-rules.ts'
import type { Tally } from './tally.ts'
import { Tasks } from './tasks.ts'
import type { Sending, WireObserver } from './wire.ts'

const ENDED = '3: nothing of a session after its end'
const NOTHING_LEFT = '6: nothing left behind'

/** What must hold in every order of events: it hears of all that can be seen from outside. */
export class Invariants implements WireObserver {
  readonly sessions: SessionRules
  readonly refreshes: RefreshRules
  readonly requests: RequestRules
  readonly tasks: Tasks
  readonly #history = new History()
  readonly #server: ModelServer
  readonly #tally: Tally

  constructor(server: ModelServer, refreshTimeout: number, tally: Tally) {
    this.#server = server
    this.#tally = tally
    this.sessions = new SessionRules(server, this.#history)
    this.refreshes = new RefreshRules(this.sessions, this.#history)
    this.requests = new RequestRules(this.sessions, this.refreshes, this.#history, refreshTimeout)
    this.tasks = new Tasks(this.#history)
    server.onReuse = (token) => {
      tally.add('reuses after a lost reply')
      this.refreshes.reused(token)
    }
  }

  /** The names of all promises that have not settled. */
  get unsettled(): string[] {
    return [...this.tasks.open, ...this.requests.unsettled.map(({ number }) => `request ${number}`)]
  }

  note(line: string): void {
    this.#history.note(line)
  }

  broken(promised: Promised, how: string): void {
    this.#history.broken(promised, how)
  }

  /** @throws Error where a promise was broken */
  assertUnbroken(): void {
    this.#history.assertUnbroken()
  }

  /** The library is installed, in an application that finds what the one before left on the disk. */
  opened(visit: number, disk: Disk): void {
    this.requests.visit = visit
    this.sessions.opened(disk)
    this.refreshes.opened()
  }

  /** The application goes. */
  closing(store: AuthStore): void {
    this.requests.visit = 0
    this.sessions.closing(store.status === 'pending')
  }

  /** The application has gone, and left this behind. */
  closed(leftovers: string[]): void {
    for (const leftover of leftovers) this.broken(NOTHING_LEFT, `After the unmount there is ${leftover}.`)
  }

  /** The store shows these tokens. */
  seen(tokens: AuthStore['tokens']): void {
    this.sessions.seen(tokens)
    if (this.sessions.current) this.refreshes.seen(this.sessions.current)
    this.requests.sessionSeen()
  }

  /** `onSessionEnd` is called. */
  sessionEnded(reason: SessionEndReason): void {
    const { lastEnded } = this.sessions
    if (reason === 'expired' && lastEnded && !this.refreshes.wasRefused(lastEnded)) {
      this.broken(ENDED, `Session ${lastEnded.id} expires, and was not refused.`)
    }
    this.sessions.sessionEnded(reason)
  }

  sent(sending: Sending): void {
    const { path, authorization, refreshToken, visit, isReplay } = sending
    this.note(`→ ${path} ${refreshToken ?? authorization ?? ''}`)
    if (isReplay) this.#tally.add('replays')
    // What is signed out is told to the server, whatever becomes of the application.
    const isGone = visit !== this.requests.visit && path !== '/auth/logout'
    if (isGone) this.broken(NOTHING_LEFT, `${path} is sent after the unmount.`)
    this.sessions.sent(sending)
    this.refreshes.sent(sending)
    this.requests.sent(sending)
  }

  concluded(sending: Sending): void {
    const { path, reply, authorization, refreshToken } = sending
    const [outcome, body = ''] =
      reply === null ? ['given up'] : typeof reply === 'object' ? [reply.status, reply.body] : [reply]
    if (path === '/auth/refresh') this.#tally.add(`refreshes: ${outcome}`)
    this.note(`← ${path} ${refreshToken ?? authorization ?? ''}: ${outcome} ${body}`)
    if (path.startsWith('/auth/')) this.#learn(body)
    this.refreshes.concluded(sending)
    this.requests.concluded(sending)
  }

  /** The library tells the application of an error that has no caller. */
  reported(error: unknown): void {
    const kinds = [DiskError, HookError, DOMException]
    this.note(`reported: ${String(error)}`)
    if (isAxiosError(error) || kinds.some((kind) => error instanceof kind)) return
    this.broken(NOTHING_LEFT, `The library reports ${String(error)}`)
  }

  /** All that can happen by itself has happened; `null`: the application is gone. */
  check(store: AuthStore | null): void {
    const isPending = store?.status === 'pending'
    if (!isPending) this.refreshes.isAskedFor = false
    this.requests.check(isPending)
    this.tasks.check()
    if (store) this.#checkStore(store)
  }

  #checkStore({ status, isAuthenticated, tokens, user }: AuthStore): void {
    if (isAuthenticated !== (tokens !== null)) {
      this.broken(ENDED, `The status is ${status}, with ${tokens?.accessToken}.`)
    }
    const owner = user?.grant
    if (owner !== undefined && owner !== this.sessions.current?.grant.id) {
      this.broken(ENDED, `The user of session ${String(owner)} is still there.`)
    }
  }

  /** The client is given a refresh token. */
  #learn(body: string): void {
    const [, token] = /"refresh_token":"(.*?)"/.exec(body) ?? []
    const grant = token === undefined ? null : this.#server.ownerOf(token)
    if (grant && token !== undefined) this.sessions.received(grant, token)
  }
}
