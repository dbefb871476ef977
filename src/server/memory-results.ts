import type { RefreshResults } from './results.ts'

/** How many results are kept at once; each takes about a kilobyte, for `hold`. */
const MOST = 10_000

interface Entry {
  value: string
  timer: ReturnType<typeof setTimeout>
}

/** Keeps results within this process, each for its time. */
export function memoryResults(most = MOST): RefreshResults {
  const entries = new Map<string, Entry>()

  function write(key: string, value: string, ttl: number): void {
    const timer = setTimeout(() => entries.delete(key), ttl)
    // A number in some runtimes. Where it is an object, it need not keep a process alive.
    if (typeof timer === 'object') (timer as { unref?(): void }).unref?.()
    entries.set(key, { value, timer })
  }

  return {
    get: (key) => entries.get(key)?.value,
    swap(key, expected, value, ttl) {
      const there = entries.get(key)
      if ((there?.value ?? null) !== expected) return false
      if (!there && entries.size >= most) {
        // To let go of an older one would be to forget that its token is spent.
        throw new Error(
          `More than ${most} refreshes are remembered: give \`shareRefresh\` an engine, or less \`hold\`.`,
        )
      }
      clearTimeout(there?.timer)
      write(key, value, ttl)
      return true
    },
  }
}
