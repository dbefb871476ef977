import { vi } from 'vitest'

const { setImmediate: nextTurn } = globalThis

/** Resolves once all that can happen by itself has happened; no fake time passes. */
export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    nextTurn(resolve)
  })

/** Puts timers and clocks under the test's control; `vi.useRealTimers()` gives them back. */
export function startFakeTime(): void {
  vi.useFakeTimers({
    now: Date.UTC(2026, 10, 23),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
}

/** The monotonic clock, in ms: what passes on every device alike. */
export const uptime = (): number => performance.now()

/** Lets so many ms pass. Timers fire one at a time, and what follows from one happens before the next. */
export async function elapse(ms: number): Promise<void> {
  await settled()
  const end = uptime() + ms
  setTimeout(() => {}, ms)
  while (uptime() < end) {
    vi.advanceTimersToNextTimer()
    await settled()
  }
}

/** Sets the device's clock forwards or backwards by so many ms, as its owner or a time server may. */
export function turnClock(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}
