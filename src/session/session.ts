import { type ShallowRef, shallowRef } from 'vue'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { Standing } from '../standing.ts'
import type { SessionRecord } from '../storage/record.ts'
import { hasExpired, refreshDueAt } from '../token/lifetime.ts'
import type { AuthTokens } from '../types.ts'
import type { Flight } from './flight.ts'
import type { Home } from './home.ts'

/** A refresh that failed: whoever needs one before `until` (in ms of the monotonic clock) gets the same error. */
export interface Failure {
  readonly error: AuthError
  readonly until: number
}

/** For how long the refusal of a token that was just issued answers for the next, in ms. */
const SHARED = 1_000

/**
 * One sign-in, from login to logout. Its identity is the object: requests remember the session they were sent with,
 * and all that belongs to a session goes with it when it ends. A refresh changes its tokens, nothing else.
 */
export class Session {
  readonly id: string
  readonly home: Home
  /** Aborted when the session ends. */
  readonly ended: AbortSignal
  /** The only refresh of this session that may be pending. */
  readonly flight: ShallowRef<Flight | null> = shallowRef(null)
  failure: Failure | null = null
  /** The refresh token was refused while the access token still served. */
  refused: AuthError | null = null
  /** Why the session ended, for the requests it leaves behind. */
  endedBy: AuthErrorCode | null = null
  endCause: unknown = undefined
  /** Whether the application was unmounted, while the session goes on for others. */
  isAbandoned = false
  /** Whether somebody signed out in another tab: what a refresh still brings is to be signed out as well. */
  isSignedOutElsewhere = false
  /** Whether a copy of this tab has gone on with the session: its tokens cannot be had here. */
  isOutdated = false
  /** The access token that the latest refresh has replaced: a request may still bear it. */
  spentToken: string | undefined
  /** Names the tokens of the moment: it grows with every change of them. */
  generation: number

  private readonly end_ = new AbortController()
  private readonly tokens_: ShallowRef<Readonly<AuthTokens> | null>
  private refreshAt: number
  /** The tokens that a server turned away. */
  private rejected = -1
  private rejectedUntil = -Infinity

  constructor({ id, tokens, refreshAt = Infinity, generation }: SessionRecord, home: Home) {
    this.id = id
    this.home = home
    this.ended = this.end_.signal
    this.tokens_ = shallowRef(tokens ?? null)
    this.refreshAt = refreshAt
    this.generation = generation
  }

  /** What is needed to go on after a reload. */
  get record(): SessionRecord {
    const { id, generation, tokens, refreshAt } = this
    return { id, generation, ...(tokens ? { tokens, refreshAt } : { isHidden: true }) }
  }

  /** None where no script sees them. */
  get tokens(): Readonly<AuthTokens> | null {
    return this.tokens_.value
  }

  /** Puts new tokens in the place of those that a refresh, here or in another tab, has used up. */
  renew({ tokens, refreshAt = Infinity, generation }: Omit<SessionRecord, 'id'>): void {
    this.refreshAt = refreshAt
    this.generation = generation
    this.failure = null
    this.refused = null
    this.spentToken = this.tokens?.accessToken
    this.tokens_.value = tokens ?? null // wakes observers, one of which may throw
  }

  /**
   * Remembers that a server turned tokens away.
   *
   * @param isFresh whether they were refused right after they were issued: others like them will not help
   */
  reject(generation: number, isFresh = false): void {
    if (isFresh) this.rejectedUntil = performance.now() + SHARED
    // The refusal of earlier tokens says nothing of these.
    else if (generation !== this.rejected) this.rejectedUntil = -Infinity
    this.rejected = generation
  }

  /** A copy of this tab has used the refresh token up, and keeps the next one to itself. */
  outdate(): void {
    this.isOutdated = true
    this.refused ??= new AuthError('ERR_AUTH_EXPIRED', {
      cause: new Error('A copy of this tab has gone on with the session.'),
    })
  }

  /** Whether the tokens of the moment were refused as soon as they were issued, a moment ago. */
  get isFreshlyRejected(): boolean {
    return this.rejected === this.generation && performance.now() < this.rejectedUntil
  }

  /** Whether the access token is known to be dead. */
  get isDead(): boolean {
    return this.tokens !== null && hasExpired(this.tokens)
  }

  /** Whether the access token may still be let in. */
  get isServing(): boolean {
    return !this.isDead && this.rejected !== this.generation
  }

  /** Whether the access token is near its end. */
  get isDue(): boolean {
    return this.refreshAt <= Date.now()
  }

  /** The same promise, rejected as soon as the session ends. */
  whileAlive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onEnd = () => reject(this.lastWord)
      work.then(resolve, reject).finally(() => this.ended.removeEventListener('abort', onEnd))
      this.ended.addEventListener('abort', onEnd)
      if (this.endedBy) onEnd()
    })
  }

  /** The error of those who still wait for a session that is over. */
  get lastWord(): AuthError {
    return new AuthError(this.endedBy ?? 'ERR_AUTH_SESSION_CHANGED', { cause: this.endCause })
  }

  end(code: AuthErrorCode, cause?: unknown): void {
    this.endedBy = code
    this.endCause = cause
    this.end_.abort()
  }
}

/** What becomes of a session with these tokens; none where no script sees them. */
export const stateOf = (
  { id, generation }: Standing,
  tokens: AuthTokens | null,
  leeway: number,
): SessionRecord => ({ id, generation, ...(tokens && { tokens, refreshAt: refreshDueAt(tokens, leeway) }) })
