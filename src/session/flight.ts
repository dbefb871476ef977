import { AuthError } from '../errors.ts'
import { ringAfter, timeUp } from '../timing.ts'
import type { Outcome } from './ask.ts'

/** What a developer should know of a refresh that does not come to its end. */
const WAITS_FOR_ITSELF =
  process.env.NODE_ENV !== 'production'
    ? ' A `backend.refresh` that sends through the registered instance waits for itself: let it use the `http` of its context.'
    : ''

interface Waiter {
  /** When the wait began, in ms of the monotonic clock. */
  readonly since: number
  resolve(): void
  reject(reason: unknown): void
}

/**
 * A refresh under way. It goes on until its answer is there; whoever waits is told after a while, and so is everybody
 * when the session ends.
 */
export class Flight {
  /** What came of it in the end, even where the session is over by then. Never rejects. */
  outcome: Promise<Outcome> = Promise.resolve({ kind: 'failed', cause: undefined, until: 0 })
  /** Whether anybody waits for it: a refusal then ends the session, and else only once its token is dead. */
  isAwaited = false
  private readonly timeout: number
  private waiters: Waiter[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private attemptedAt = -Infinity
  private result: { error?: unknown } | null = null

  /** @param timeout how long anyone waits for one attempt, in ms */
  constructor(timeout: number) {
    this.timeout = timeout
  }

  /** An attempt begins, in so many ms: whoever waits gives it its time. */
  attempts(inMs = 0): void {
    this.attemptedAt = performance.now() + inMs
  }

  /**
   * Resolves when the session has other tokens.
   *
   * @throws AuthError
   */
  wait(): Promise<void> {
    this.isAwaited = true
    return new Promise<void>((resolve, reject) => {
      if (this.result) return settle({ since: 0, resolve, reject }, this.result)
      this.waiters.push({ since: performance.now(), resolve, reject })
      if (this.timer === undefined) this.arm()
    })
  }

  /** Tells whoever waits; what follows is told the same. */
  settle(result: { error?: unknown }): void {
    if (this.result) return
    this.result = result
    clearTimeout(this.timer)
    for (const waiter of this.waiters.splice(0)) settle(waiter, result)
  }

  private arm(): void {
    const [first] = this.waiters
    this.timer = first && ringAfter(this.deadlineOf(first) - performance.now(), () => this.expire())
  }

  private deadlineOf({ since }: Waiter): number {
    return Math.max(since, this.attemptedAt) + this.timeout
  }

  /** Those who have waited long enough are told; they came in order. */
  private expire(): void {
    const now = performance.now()
    const next = this.waiters.findIndex((waiter) => this.deadlineOf(waiter) > now)
    const late = this.waiters.splice(0, next < 0 ? Infinity : next)
    const cause = timeUp(this.timeout, process.env.NODE_ENV !== 'production' ? WAITS_FOR_ITSELF : '')
    const error = new AuthError('ERR_AUTH_REFRESH', { cause })
    for (const waiter of late) waiter.reject(error)
    this.arm()
  }
}

function settle({ resolve, reject }: Waiter, result: { error?: unknown }): void {
  if ('error' in result) reject(result.error)
  else resolve()
}
