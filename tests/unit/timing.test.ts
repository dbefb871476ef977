import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pause, ringAfter, within } from '../../src/timing.ts'
import { listenersOf } from '../support/listeners-of.ts'
import { unhandledRejections } from '../support/unhandled-rejections.ts'

const never = new Promise<never>(() => {})

let stop: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  stop = new AbortController()
})

afterEach(() => {
  expect(vi.getTimerCount(), 'timers left behind').toBe(0)
  vi.useRealTimers()
})

const bounds = (more: { timeout?: number } = {}) => ({ timeout: 100, stop: stop.signal, ...more })

describe('an operation within bounds', () => {
  it('gives its answer', async () => {
    expect(await within(bounds(), () => 'now')).toBe('now')
    expect(await within(bounds(), async () => 'soon')).toBe('soon')
  })

  it('gives its error, also one that is thrown at once', async () => {
    const error = new Error('broken')

    await expect(within(bounds(), () => Promise.reject(error))).rejects.toBe(error)
    await expect(
      within(bounds(), () => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  it('is waited for until the time is up, and not a moment longer', async () => {
    const settled = vi.fn<(error: unknown) => void>()
    within(bounds(), () => never).catch(settled)

    await vi.advanceTimersByTimeAsync(99)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect(settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'TimeoutError' }))
  })

  it('says for how long it was waited for', async () => {
    const waited = expect(within(bounds(), () => never)).rejects.toThrow('100 ms')

    await vi.advanceTimersByTimeAsync(100)

    await waited
  })

  it('is given up where the application is unmounted', async () => {
    const waiting = within(bounds(), () => never)

    stop.abort()

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('does not begin where the application has been unmounted', async () => {
    const operation = vi.fn<() => string>()
    stop.abort()

    await expect(within(bounds(), operation)).rejects.toMatchObject({ name: 'AbortError' })
    expect(operation).not.toHaveBeenCalled()
  })

  it('learns by its signal that nobody waits any more', async () => {
    const signals: AbortSignal[] = []
    const operation = (signal: AbortSignal) => {
      signals.push(signal)
      return never
    }
    const timedOut = within(bounds(), operation).catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
    const stopped = within(bounds(), operation).catch(() => {})
    stop.abort()
    await Promise.all([timedOut, stopped])

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it('keeps a signal that is not aborted where it ended in time', async () => {
    let given: AbortSignal | undefined
    await within(bounds(), (signal) => void (given = signal))
    await vi.advanceTimersByTimeAsync(1_000)
    stop.abort()

    expect(given?.aborted).toBe(false)
  })

  it('may take longer than a timer of 32 bits can count', async () => {
    for (const timeout of [2 ** 31, Infinity]) {
      const settled = vi.fn<() => void>()
      const gate = Promise.withResolvers<string>()
      const outcome = within(bounds({ timeout }), () => gate.promise).catch((error: unknown) => error)
      void outcome.then(settled)

      await vi.advanceTimersByTimeAsync(60_000)
      expect(settled, `settled within ${timeout} ms`).not.toHaveBeenCalled()
      gate.resolve('late')

      expect(await outcome).toBe('late')
    }
  })

  it('leaves no listener behind, however it ends', async () => {
    const listeners = listenersOf(stop.signal)

    await within(bounds(), () => 'now')
    await within(bounds(), () => Promise.reject(new Error('broken'))).catch(() => {})
    const waiting = within(bounds(), () => never).catch(() => {})
    expect(listeners.count).toBe(1)
    await vi.advanceTimersByTimeAsync(100)
    await waiting

    expect(listeners.count).toBe(0)
  })
})

describe('an operation that ends when nobody waits any more', () => {
  it('changes nothing, and leaves no rejection behind', async () => {
    for (const end of ['resolve', 'reject'] as const) {
      const gate = Promise.withResolvers<void>()
      const outcome = within(bounds(), () => gate.promise).catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(100)

      const unhandled = await unhandledRejections(() => gate[end]())

      expect(await outcome).toMatchObject({ name: 'TimeoutError' })
      expect(unhandled).toEqual([])
    }
  })
})

describe('a bell', () => {
  it('rings when its time has come', () => {
    const ring = vi.fn<() => void>()
    ringAfter(100, ring)

    vi.advanceTimersByTime(99)
    expect(ring).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)

    expect(ring).toHaveBeenCalledOnce()
  })

  it('never rings where its time is beyond what a timer can count', () => {
    for (const ms of [2 ** 31, Infinity])
      expect(
        ringAfter(ms, () => {}),
        String(ms),
      ).toBeUndefined()
  })
})

describe('a pause', () => {
  it('takes its time', async () => {
    const over = vi.fn<() => void>()
    void pause(100, stop.signal).then(over)

    await vi.advanceTimersByTimeAsync(99)
    expect(over).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect(over).toHaveBeenCalledOnce()
  })

  it('ends at once where it is stopped', async () => {
    const paused = pause(100, stop.signal)

    stop.abort()

    await expect(paused).resolves.toBeUndefined()
  })

  it('is none where it was stopped before', async () => {
    stop.abort()

    await expect(pause(100, stop.signal)).resolves.toBeUndefined()
  })

  it('leaves no listener behind', async () => {
    const listeners = listenersOf(stop.signal)
    const paused = pause(100, stop.signal)
    expect(listeners.count).toBe(1)

    await vi.advanceTimersByTimeAsync(100)
    await paused

    expect(listeners.count).toBe(0)
  })
})
