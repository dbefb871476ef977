import { expect, test, vi } from 'vitest'
import { memoryResults } from '../../../src/server/memory-results.ts'

test('keeps a value for its time, and takes another for it from who knows it', async () => {
  vi.useFakeTimers()
  const results = memoryResults()

  expect(await results.swap('key', null, 'one', 100)).toBe(true)
  expect(await results.swap('key', null, 'two', 100)).toBe(false)
  expect(await results.swap('key', 'two', 'three', 100)).toBe(false)
  vi.advanceTimersByTime(99)
  expect(await results.get('key')).toBe('one')
  expect(await results.swap('key', 'one', 'two', 100)).toBe(true)
  vi.advanceTimersByTime(99)
  expect(await results.get('key')).toBe('two')
  vi.advanceTimersByTime(1)
  expect(await results.get('key')).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('takes no more than it has room for, and forgets nothing for it', async () => {
  vi.useFakeTimers()
  const results = memoryResults(2)
  await results.swap('a', null, '1', 100)
  await results.swap('b', null, '1', 200)

  expect(() => results.swap('c', null, '1', 100)).toThrow('More than 2 refreshes')
  expect(await results.swap('b', '1', '2', 200)).toBe(true)
  vi.advanceTimersByTime(100)
  expect(await results.swap('c', null, '1', 100)).toBe(true)
  vi.useRealTimers()
})

test('keeps no process alive', () => {
  const timers: NodeJS.Timeout[] = []
  const { setTimeout: start } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((...args: Parameters<typeof start>) => {
    const timer = start(...args)
    timers.push(timer as unknown as NodeJS.Timeout)
    return timer
  }) as typeof start)
  void memoryResults().swap('key', null, 'value', 10)
  vi.restoreAllMocks()

  expect(timers.map((timer) => timer.hasRef())).toEqual([false])
})
