import type { Awaitable } from './types.ts'

/** How long an operation may take, and what else ends the wait. */
export interface Bounds {
  /** In ms. */
  timeout: number
  /** Ends the wait early: the application was unmounted. */
  stop: AbortSignal
  /** Is called when the operation settles after all, although nobody waits any more. */
  onLate?: () => void
}

/**
 * Runs an operation for so long at the most. Its signal is aborted when nobody waits any more.
 *
 * @throws DOMException `TimeoutError` when the time is up, `AbortError` when it was stopped
 */
export function within<T>(
  { timeout, stop, onLate }: Bounds,
  operation: (signal: AbortSignal) => Awaitable<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController()
    let waiting = true
    const settled = () => {
      if (!waiting) onLate?.()
      waiting = false
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
    }
    const giveUp = (message: string, name: string) => {
      settled()
      controller.abort()
      reject(new DOMException(message, name))
    }
    const onStop = () => giveUp('The application was unmounted.', 'AbortError')
    // A longer timer than 32 bits can count would end at once.
    const timer = setTimeout(
      giveUp,
      Math.min(timeout, 2 ** 31 - 1),
      `There was no answer within ${timeout} ms.`,
      'TimeoutError',
    )
    if (stop.aborted) return onStop()
    stop.addEventListener('abort', onStop)
    const work = attempt(() => operation(controller.signal))
    work.then(settled, settled)
    work.then(resolve, reject)
  })
}

/** A promise of what a function returns or throws. */
async function attempt<T>(operation: () => Awaitable<T>): Promise<T> {
  return operation()
}

/** Resolves after some time in ms, or at once when it is stopped. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (stop.aborted) return done()
    stop.addEventListener('abort', done)
  })
}
