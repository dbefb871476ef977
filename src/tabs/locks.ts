import { type Standing, latest } from '../standing.ts'

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
   * Runs some work while no other tab runs its own.
   *
   * @throws DOMException `AbortError` when the wait ran out or was stopped; the work was not begun
   */
  alone<T>(bounds: LockBounds, work: () => Promise<T>): Promise<T>
  /** Lets every tab know that this one wrote or adopted a state, for as long as it has no newer one in that scope. */
  hold(scope: string, standing: Standing): Promise<void>
  /** The newest state that any tab holds. */
  newest(scope: string): Promise<Standing | null>
  /** Lets go of what is held. */
  release(): void
}

/** What a lock is made of. */
export interface TabLockSettings {
  manager: LockManager | undefined
  name: string
  /** Is called when tabs cannot be kept apart: plain http, an opaque origin. */
  onMissing(): void
}

/** Makes the locks of one identity. Without a lock manager all work runs at once. */
export function createTabLocks({ manager, name, onMissing }: TabLockSettings): TabLocks {
  const newestHeld = new Map<string, Standing>()
  const releases = new Map<string, () => void>()
  let isReleased = false

  const prefixOf = (scope: string) => `${name}#${scope}#`

  /** Resolves when a lock that names a state is shared; it is held until it is released. */
  function share(
    scope: string,
    { id, generation, ended }: Standing,
    onHeld: (release: () => void) => void,
  ): Promise<void> {
    if (!manager) return Promise.resolve()
    const fence = `${prefixOf(scope)}${generation}#${ended ?? ''}#${id}`
    return new Promise((resolve) => {
      const hold = () => new Promise<void>((release) => (onHeld(release), resolve()))
      manager.request(fence, { mode: 'shared' }, hold).catch(() => resolve())
    })
  }

  return {
    alone({ timeout, stop }, work) {
      if (!manager) {
        onMissing()
        return work()
      }
      const waiting = new AbortController()
      const giveUp = () => waiting.abort()
      const timer = setTimeout(giveUp, timeout)
      const granted = () => {
        clearTimeout(timer)
        stop.removeEventListener('abort', giveUp)
      }
      stop.addEventListener('abort', giveUp)
      if (stop.aborted) giveUp()
      let begun = false
      const held = manager.request(name, { signal: waiting.signal }, () => {
        begun = true
        granted()
        return work()
      })
      return held.catch((error: unknown) => {
        granted()
        if (begun || waiting.signal.aborted) throw error
        onMissing() // an opaque origin has a manager that refuses everything
        return work()
      }) as ReturnType<typeof work>
    },
    async hold(scope, standing) {
      if (isReleased) return
      newestHeld.set(scope, standing)
      await share(scope, standing, (release) => {
        if (newestHeld.get(scope) !== standing) return release()
        releases.get(scope)?.()
        releases.set(scope, release)
      })
    },
    async newest(scope) {
      const { held = [] } = (await manager?.query().catch(() => undefined)) ?? {}
      const prefix = prefixOf(scope)
      const names = held.map((lock) => lock.name ?? '').filter((known) => known.startsWith(prefix))
      return latest(names.map((known) => readFence(known.slice(prefix.length))))
    },
    release() {
      isReleased = true
      newestHeld.clear()
      for (const release of releases.values()) release()
    },
  }
}

function readFence(text: string): Standing {
  const [generation = '', ended, id = ''] = text.split('#')
  const reason = ended === 'logout' || ended === 'expired' ? ended : undefined
  return { id, generation: parseInt(generation, 10), ended: reason }
}
