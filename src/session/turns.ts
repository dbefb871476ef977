import type { AuthContext } from './context.ts'
import type { Home } from './home.ts'

/** Longer than a refresh can take, with its attempts, their waits and the storage, in ms. */
const longest = (refreshTimeout: number) => 9 * refreshTimeout + 15_000

/**
 * Runs some work while no other tab runs its own.
 *
 * @param over ends the wait: nobody needs the work any more
 * @throws DOMException `AbortError` when the wait ran out or was ended; the work was not begun
 */
export function inTurn<T>(
  { refreshTimeout }: Pick<AuthContext, 'refreshTimeout'>,
  { record }: Home,
  over: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return record ? record.alone({ timeout: longest(refreshTimeout), stop: over }, work) : work()
}

/**
 * Does what changes a cookie that all tabs live on, one tab after another. Where another tab takes too long, what the
 * visitor asks for is not held up any longer.
 */
export async function inCookieTurn<T>(
  { refreshTimeout, backend, homes }: AuthContext,
  work: () => Promise<T>,
): Promise<T> {
  const { record } = homes.shared
  if (!backend.resumable || !record) return work()
  const never = new AbortController().signal
  let isBegun = false
  const begin = async () => {
    isBegun = true
    await record.catchUp(never) // what was done in the turn before may not show yet
    return work()
  }
  try {
    return await record.alone({ timeout: refreshTimeout, stop: never }, begin)
  } catch (error) {
    if (isBegun) throw error
    return work()
  }
}
