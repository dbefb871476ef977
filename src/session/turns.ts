import type { AuthContext } from './context.ts'

/** Keeps what tabs do with the session they share from happening at once. */
export interface Turns {
  /**
   * Runs some work while no other tab runs its own.
   *
   * @param over ends the wait: nobody needs the work any more
   * @throws DOMException `AbortError` when the wait ran out or was ended; the work was not begun
   */
  exclusively<T>(over: AbortSignal, work: () => Promise<T>): Promise<T>
  /** Does what changes a cookie that all tabs live on, one tab after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** Makes the turns of one identity; without links to other tabs every turn comes at once. */
export function createTurns({ backend, links, refreshTimeout, stop }: AuthContext): Turns {
  // Longer than a refresh can take, with its three attempts, their waits and the storage.
  const timeout = 5 * refreshTimeout + 15_000

  const exclusively = <T>(over: AbortSignal, work: () => Promise<T>): Promise<T> =>
    links ? links.locks.alone({ timeout, stop: over }, work) : work()

  return {
    exclusively,
    async inTurn(work) {
      if (!backend.resumable) return work()
      let isBegun = false
      const begin = () => {
        isBegun = true
        return work()
      }
      return exclusively(stop, begin).catch((error) => {
        if (isBegun || stop.aborted) throw error
        return work() // another tab takes too long: what the visitor asks for is not held up any longer
      })
    },
  }
}
