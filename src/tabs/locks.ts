import { type Standing, latest } from '../standing.ts'
import { ringAfter } from '../timing.ts'

/** How long a lock is waited for. */
export interface LockBounds {
  /** In ms. */
  timeout: number
  /** Ends the wait: nobody needs the lock any more. */
  stop: AbortSignal
}

/** What keeps the tabs of one identity apart, as far as the browser can. */
export interface TabLocks {
  /**
   * Runs some work while no other tab runs its own under the same name.
   *
   * @throws DOMException `AbortError` when the wait ran out or was stopped; the work was not begun
   */
  alone<T>(name: string, bounds: LockBounds, work: () => Promise<T>): Promise<T>
  /** Lets every tab know of a state that was just written, for as long as a storage may show an older one. */
  announce(name: string, standing: Standing): Promise<void>
  /** The newest state that was just written by any tab. */
  newest(name: string): Promise<Standing | null>
  /** Lets go of every lock: the page is hidden, perhaps for good, and must not hold up the others. */
  letGo(): void
}

/** For how long a fence stands, in ms: storages show what was written after some milliseconds. */
const FENCE = 1_500

/**
 * Makes the locks of one identity. Without a lock manager all work runs at once.
 *
 * @param onMissing is called when tabs cannot be kept apart: plain http, an opaque origin
 */
export function createTabLocks(manager: LockManager | undefined, onMissing: () => void): TabLocks {
  const holds = new Set<() => void>()

  /** A promise that is resolved when the lock is to be freed early. */
  function untilLetGo(): { released: Promise<void>; free: () => void } {
    let free = () => {}
    const released = new Promise<void>((resolve) => {
      free = () => {
        holds.delete(free)
        resolve()
      }
    })
    holds.add(free)
    return { released, free }
  }

  /** Holds a lock for as long as some work takes, or the page is there. */
  async function holdFor(work: Promise<unknown>): Promise<void> {
    const { released, free } = untilLetGo()
    work.then(free, free)
    await released
  }

  function unguarded<T>(work: () => Promise<T>): Promise<T> {
    onMissing()
    return work()
  }

  return {
    alone<T>(name: string, { timeout, stop }: LockBounds, work: () => Promise<T>): Promise<T> {
      if (!manager) return unguarded(work)
      const waiting = new AbortController()
      const giveUp = () => waiting.abort()
      const timer = ringAfter(timeout, giveUp)
      const end = () => {
        clearTimeout(timer)
        stop.removeEventListener('abort', giveUp)
      }
      stop.addEventListener('abort', giveUp)
      if (stop.aborted) giveUp()
      return new Promise<T>((resolve, reject) => {
        const begin = () => {
          end()
          const result = work()
          result.then(resolve, reject)
          return holdFor(result)
        }
        manager.request(name, { signal: waiting.signal }, begin).catch((error: unknown) => {
          end()
          // An opaque origin has a manager that refuses everything.
          if (waiting.signal.aborted) reject(error)
          else unguarded(work).then(resolve, reject)
        })
      })
    },
    async announce(name, { id, generation, ended = '' }) {
      await new Promise<void>((resolve) => {
        const hold = () => {
          const { released, free } = untilLetGo()
          const timer = setTimeout(free, FENCE)
          void released.then(() => clearTimeout(timer))
          resolve()
          return released
        }
        const fence = `${prefixOf(name)}${generation}@${ended}@${id}`
        if (manager) manager.request(fence, { mode: 'shared' }, hold).catch(() => resolve())
        else resolve()
      })
    },
    async newest(name) {
      const { held = [] } = (await manager?.query().catch(() => undefined)) ?? {}
      const prefix = prefixOf(name)
      const names = held.map((lock) => lock.name ?? '').filter((known) => known.startsWith(prefix))
      return latest(names.map((known) => readFence(known.slice(prefix.length))))
    },
    letGo() {
      for (const free of holds) free()
    },
  }
}

const prefixOf = (name: string) => `${name}@`

function readFence(text: string): Standing | null {
  const [generation = '', ended, id = ''] = text.split('@')
  if (!/^\d+$/.test(generation) || !id) return null
  return {
    id,
    generation: Number(generation),
    ...(ended && { ended: ended as NonNullable<Standing['ended']> }),
  }
}
