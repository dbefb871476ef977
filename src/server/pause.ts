/** Resolves after some time, in ms, or as soon as it is stopped. */
export function pause(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (stop?.aborted) return done()
    stop?.addEventListener('abort', done)
  })
}

/** In how many steps a time passes. */
const STEPS = 8

/**
 * The same work, for so many ms at the most. Its signal is aborted when the time is up. A process that was too busy to read the
 * answer finds its timers due first: however long it was, it counts as one step of eight.
 *
 * @throws DOMException `TimeoutError` when the time is up
 */
export function within<T>(ms: number, work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    let left = STEPS
    const step = () => {
      if (--left > 0) {
        timer = setTimeout(step, ms / STEPS)
        return
      }
      const error = new DOMException(`There was no answer within ${ms} ms.`, 'TimeoutError')
      controller.abort(error)
      reject(error)
    }
    let timer = setTimeout(step, ms / STEPS)
    work(controller.signal)
      .then(resolve, reject)
      .then(() => clearTimeout(timer))
  })
}
