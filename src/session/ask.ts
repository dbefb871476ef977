import { inBrowser } from '../environment.ts'
import { pause, within } from '../timing.ts'
import { tokensFromReply } from '../token/reply.ts'
import type { AuthBackend, AuthTokens, BackendContext } from '../types.ts'
import { judge } from './failure.ts'

/** What came of a refresh. */
export type Outcome =
  | { readonly kind: 'renewed'; readonly tokens: AuthTokens }
  | { readonly kind: 'refused'; readonly cause?: unknown }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly until: number }

/** What comes of a refresh that could not be begun; the next need may try at once. */
export const failedNow = (cause: unknown): Outcome => ({ kind: 'failed', cause, until: performance.now() })

/** What it takes to ask for tokens. */
export interface Asking {
  backend: AuthBackend
  /** Bounds one attempt, in ms. */
  refreshTimeout: number
  isSessionOver: (error: unknown) => boolean
  backendContext: (signal: AbortSignal) => BackendContext
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
  /** Is called before the backend is asked: the session may have ended during a wait. */
  onAttempt?: () => void
}

/**
 * Asks the backend for new tokens, as often as is safe. Never rejects.
 *
 * @param ended ends the attempts: nobody needs the tokens any more. What is on its way by then is waited for.
 */
export function askForTokens(
  asking: Asking,
  tokens: AuthTokens | null,
  ended: AbortSignal,
): Promise<Outcome> {
  // A hook of the application threw: the attempt counts all the same.
  return ask(asking, tokens, ended).catch((cause) => ({
    kind: 'failed',
    cause,
    until: judge(cause, Infinity).until,
  }))
}

async function ask(asking: Asking, tokens: AuthTokens | null, ended: AbortSignal): Promise<Outcome> {
  let asked = false
  for (let retries = 0; !ended.aborted; retries++) {
    try {
      const reply = await within({ timeout: asking.refreshTimeout, stop: asking.stop }, async (signal) => {
        await online(signal, ended)
        asking.onAttempt?.()
        if (ended.aborted) throw new DOMException('The session has ended.', 'AbortError')
        const answer = asking.backend.refresh(tokens, asking.backendContext(signal))
        asked = true
        return answer
      })
      if (reply === null) return { kind: 'refused' }
      return { kind: 'renewed', tokens: tokensFromReply(reply, { previous: tokens ?? undefined }) }
    } catch (cause) {
      if (asking.isSessionOver(cause)) return { kind: 'refused', cause }
      const { again, until } = judge(cause, retries)
      if (again !== null) await pause(again, ended)
      // Where nobody was asked there is nobody to spare either: the next need may try at once.
      if (again === null) return { kind: 'failed', cause, until: asked ? until : 0 }
    }
  }
  return { kind: 'failed', cause: undefined, until: 0 }
}

/** Waits while the browser says that it is offline: an attempt would be wasted. */
function online(signal: AbortSignal, ended: AbortSignal): Promise<void> | void {
  if (!inBrowser() || navigator.onLine || ended.aborted) return
  return new Promise((resolve, reject) => {
    const done = (event: Event) => {
      removeEventListener('online', done)
      for (const end of [signal, ended]) end.removeEventListener('abort', done)
      if (event.type === 'online') resolve()
      else reject(new DOMException('The session ended while the browser was offline.', 'AbortError'))
    }
    addEventListener('online', done)
    for (const end of [signal, ended]) end.addEventListener('abort', done)
  })
}
