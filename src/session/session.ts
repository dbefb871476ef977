import { type ShallowRef, shallowRef } from 'vue'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { Standing } from '../standing.ts'
import type { StoredSession } from '../storage/vault.ts'
import { hasExpired, refreshDueAt } from '../token/lifetime.ts'
import type { AuthTokens } from '../types.ts'
import type { Outcome } from './ask.ts'

/** A refresh under way. */
export interface Flight {
  /** Settles with fresh tokens or an `AuthError`; at once where the session ends meanwhile. Never unhandled. */
  readonly tokens: Promise<AuthTokens>
  /** What came of it in the end, even where the session is over by then. Never rejects. */
  readonly outcome: Promise<Outcome>
  /** Whether anybody waits for it: a refusal then ends the session, and else only once its token is dead. */
  awaited: boolean
}

/** A refresh that failed: whoever needs one before `until` (in ms of the monotonic clock) gets the same error. */
export interface Failure {
  readonly error: AuthError
  readonly until: number
}

/** What a session begins with besides its tokens. */
export interface Beginning extends Standing {
  remember: boolean
  /** In seconds. */
  leeway: number
}

/**
 * One sign-in, from login to logout. Its identity is the object: requests remember the session they were sent with,
 * and all that belongs to a session goes with it when it ends. A refresh changes its tokens, nothing else.
 */
export class Session {
  readonly id: string
  readonly remember: boolean
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

  readonly #end = new AbortController()
  readonly #tokens: ShallowRef<Readonly<AuthTokens>>
  #refreshAt: number
  #generation: number
  /** The access token that a server turned away. */
  #rejected: string | null = null

  constructor({ id, tokens, refreshAt, generation, remember }: StoredSession) {
    this.id = id
    this.remember = remember
    this.ended = this.#end.signal
    this.#tokens = shallowRef(tokens)
    this.#refreshAt = refreshAt
    this.#generation = generation
  }

  /** Starts a session that has not been anywhere yet. */
  static start(tokens: AuthTokens, { remember, leeway, generation, id }: Beginning): Session {
    return new Session({ id, tokens, refreshAt: refreshDueAt(tokens, leeway), generation, remember })
  }

  /** What is needed to go on after a reload. */
  get record(): StoredSession {
    const { standing, tokens, remember } = this
    return { ...standing, tokens, refreshAt: this.#refreshAt, remember }
  }

  /** What other tabs need to know. */
  get standing(): Standing {
    return { id: this.id, generation: this.#generation }
  }

  get tokens(): Readonly<AuthTokens> {
    return this.#tokens.value
  }

  /** Puts new tokens in the place of those that a refresh, here or in another tab, has used up. */
  renew({ tokens, refreshAt, generation }: Pick<StoredSession, 'tokens' | 'refreshAt' | 'generation'>): void {
    this.#refreshAt = refreshAt
    this.#generation = generation
    this.failure = null
    this.refused = null
    this.#tokens.value = tokens // wakes observers, one of which may throw
  }

  /** Remembers that a server turned an access token away. */
  reject(accessToken: string): void {
    this.#rejected = accessToken
  }

  /** Whether the access token is known to be dead. */
  get isDead(): boolean {
    return hasExpired(this.tokens)
  }

  /** Whether the access token may still be let in. */
  get isServing(): boolean {
    return !this.isDead && this.#rejected !== this.tokens.accessToken
  }

  /** Whether the access token is near its end. */
  get isDue(): boolean {
    return this.#refreshAt <= Date.now()
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
    this.#end.abort()
  }
}
