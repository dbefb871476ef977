import { pause, within } from '../timing.ts'
import { tokensFromReply, userFromReply } from '../token/reply.ts'
import type { AuthBackend, AuthTokens, AuthUser, BackendContext } from '../types.ts'
import { judge } from './failure.ts'

/** What came of a refresh; `null` in the place of tokens: the server keeps them to itself. */
export type Outcome =
  | { readonly kind: 'renewed'; readonly tokens: AuthTokens | null; readonly user?: AuthUser | undefined }
  | { readonly kind: 'refused'; readonly cause?: unknown }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly until: number }

/** What comes of a refresh that could not be begun; the next need may try at once. */
export const failedNow = (cause: unknown): Outcome => ({ kind: 'failed', cause, until: performance.now() })

/** What a backend is asked for. */
export interface BackendRequest {
  /** The tokens that a logout signs out. */
  tokens?: AuthTokens | null
  /** Keeps a request that has not left yet from leaving. */
  over?: AbortSignal
}

/** What it takes to ask for tokens. */
export interface Asking {
  backend: AuthBackend
  /** How long anyone waits for one attempt, in ms; an attempt itself goes on for three times as long. */
  refreshTimeout: number
  isSessionOver: (error: unknown) => boolean
  backendContext: (signal: AbortSignal, about?: BackendRequest) => BackendContext
  /** Aborted when the application is unmounted: nothing is asked again then. */
  stop: AbortSignal
  /** Aborted when the page is hidden, perhaps for good: its lock is free then, and what is on the wire must not follow. */
  hidden(): AbortSignal
}

/** Who asks, and how long the answer is wanted. */
export interface Inquiry {
  tokens: AuthTokens | null
  /** Ends the attempts: nobody needs the tokens any more. What is on its way by then is waited for. */
  ended: AbortSignal
  /** Is called before the backend is asked: the session may have ended during a wait. */
  onAttempt?(): void
  /** Is called when the next attempt is so many ms away. */
  onPause?(ms: number): void
}

/** Asks the backend for new tokens, as often as is safe. Never rejects. */
export function askForTokens(asking: Asking, inquiry: Inquiry): Promise<Outcome> {
  // A hook of the application threw: the attempt counts all the same.
  return ask(asking, inquiry).catch((cause) => ({
    kind: 'failed',
    cause,
    until: judge(cause, Infinity).until,
  }))
}

async function ask(asking: Asking, { tokens, ended, onAttempt, onPause }: Inquiry): Promise<Outcome> {
  let isAsked = false
  for (let retries = 0; !ended.aborted; retries++) {
    try {
      onAttempt?.()
      if (ended.aborted) break
      const reply = await within({ timeout: 3 * asking.refreshTimeout, stop: asking.hidden() }, (signal) => {
        const answer = asking.backend.refresh(tokens, asking.backendContext(signal, { over: ended }))
        isAsked = true
        return answer
      })
      if (reply === null) return { kind: 'refused' }
      if (reply === true) return { kind: 'renewed', tokens: null }
      const previous = tokens ?? undefined
      return {
        kind: 'renewed',
        tokens: tokensFromReply(reply, { previous, from: 'backend.refresh' }),
        user: userFromReply(reply),
      }
    } catch (cause) {
      if (asking.isSessionOver(cause)) return { kind: 'refused', cause }
      const { again, until } = judge(cause, retries)
      if (again !== null && !asking.stop.aborted) {
        onPause?.(again)
        await pause(again, ended)
      }
      // Where nobody was asked there is nobody to spare either: the next need may try at once.
      else return { kind: 'failed', cause, until: isAsked ? until : 0 }
    }
  }
  return failedNow(new DOMException('The session has ended.', 'AbortError'))
}
