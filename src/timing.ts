import type { Awaitable } from './types.ts'

/** How long an operation may take, and what else ends the wait. */
export interface Bounds {
  /** In ms. */
  timeout: number
  /** Ends the wait early: the application was unmounted. */
  stop?: AbortSignal
}

/** Calls after a while, in ms; longer than 32 bits can count, where a timer would ring at once, is for ever. */
export function ringAfter(ms: number, call: () => void): ReturnType<typeof setTimeout> | undefined {
  return ms < 2 ** 31 ? setTimeout(call, ms) : undefined
}

/** What is thrown where the time is up. */
export const timeUp = (ms: number, hint = ''): DOMException =>
  new DOMException(`There was no answer within ${ms} ms.${hint}`, 'TimeoutError')

/**
 * Runs an operation for so long at the most. Its signal is aborted when nobody waits any more.
 *
 * @throws DOMException `TimeoutError` when the time is up, `AbortError` when it was stopped
 */
export function within<T>(
  { timeout, stop }: Bounds,
  operation: (signal: AbortSignal) => Awaitable<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController()
    const settle = () => {
      clearTimeout(timer)
      stop?.removeEventListener('abort', onStop)
    }
    const giveUp = (error: DOMException) => {
      settle()
      controller.abort()
      reject(error)
    }
    const onStop = () => giveUp(new DOMException('The application was unmounted.', 'AbortError'))
    const timer = ringAfter(timeout, () => giveUp(timeUp(timeout)))
    if (stop?.aborted) return onStop()
    stop?.addEventListener('abort', onStop)
    const work = attempt(() => operation(controller.signal))
    work.then(settle, settle)
    work.then(resolve, reject)
  })
}

/** A promise of what a function returns or throws. */
async function attempt<T>(operation: () => Awaitable<T>): Promise<T> {
  return operation()
}

/**
 * The same promise, rejected when the time is up. Once the application is gone there is no hurry, and no clock.
 *
 * @throws DOMException `TimeoutError` when the time is up
 */
export function inTime<T>({ timeout, stop }: Bounds, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = stop?.aborted ? undefined : ringAfter(timeout, () => reject(timeUp(timeout)))
    const stopClock = () => clearTimeout(timer)
    stop?.addEventListener('abort', stopClock)
    work.then(resolve, reject).finally(() => {
      stopClock()
      stop?.removeEventListener('abort', stopClock)
    })
  })
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
