import { onTestFinished, vi } from 'vitest'

const MINUTE = 60_000

export const HOUR = 60 * MINUTE

/**
 * Takes the device's clocks in hand for the current test: both stand still until they are moved. Timers and sockets
 * stay real.
 */
export function holdClock(): { pass(ms: number): void } {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  return { pass: (ms) => void vi.advanceTimersByTime(ms) }
}
