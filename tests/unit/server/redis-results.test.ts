import { afterEach, describe, expect, test, vi } from 'vitest'
import { redisResults } from '../../../src/server/index.ts'

type Eval = (...args: unknown[]) => Promise<unknown>

afterEach(() => {
  vi.useRealTimers()
})

/** A client of either kind, whose scripts answer what a test wants. */
function clients(answer: () => unknown) {
  const run = vi.fn<Eval>(async () => answer())
  const node = { eval: run }
  const io = { eval: run, call: async () => null }
  return { run, node, io }
}

describe('redisResults', () => {
  test('speaks to a client of `redis` as it wants', async () => {
    const { run, node } = clients(() => 1)

    expect(await redisResults(node).swap('key', null, 'value', 1_000.5)).toBe(true)
    expect(run.mock.lastCall?.slice(1)).toEqual([
      { keys: ['vue-auth-axios:refresh:key'], arguments: ['', 'value', '1001'] },
    ])
  })

  test('speaks to a client of `ioredis` as it wants', async () => {
    const { run, io } = clients(() => 0)

    expect(await redisResults(io, { prefix: 'app:' }).swap('key', 'before', 'value', 1_000)).toBe(false)
    expect(run.mock.lastCall?.slice(1)).toEqual([1, 'app:key', 'before', 'value', '1000'])
  })

  test.each([
    [null, null],
    [undefined, null],
    ['value', 'value'],
    [Buffer.from('value'), 'value'],
  ])('reads %s as %s', async (answer, value) => {
    expect(await redisResults(clients(() => answer).node).get('key')).toBe(value)
  })

  test.each([
    [null, Infinity],
    ['0', -1_000],
    ['31', 30_000],
  ])('tells an uptime of %s s as %s ms at least', async (answer, age) => {
    expect(await redisResults(clients(() => answer).node).age?.('key')).toBe(age)
  })

  test('fails after two seconds where there is no answer', async () => {
    vi.useFakeTimers()
    const { io } = clients(() => new Promise(() => {}))
    const failed = expect(redisResults(io).get('key')).rejects.toThrow('no answer within 2000 ms')

    await vi.advanceTimersByTimeAsync(2_000)
    await failed
    expect(vi.getTimerCount()).toBe(0)
  })

  test('does not take a process that was busy for an engine that is away', async () => {
    const { node } = clients(() => new Promise((resolve) => setImmediate(() => resolve('value'))))
    const read = redisResults(node).get('key')
    const start = performance.now()
    while (performance.now() - start < 2_100); // renders a very long page

    expect(await read).toBe('value')
  })

  test('leaves no timer behind, and passes on what a client says', async () => {
    vi.useFakeTimers()
    const client = clients(() => {
      throw new Error('NOSCRIPT')
    }).node

    await expect(redisResults(client).get('key')).rejects.toThrow('NOSCRIPT')
    await expect(
      redisResults({
        eval: () => {
          throw new Error('closed')
        },
      }).get('key'),
    ).rejects.toThrow('closed')
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([[{}], [undefined], [null]])('says what it needs in place of %s', (client) => {
    expect(() => redisResults(client as never)).toThrow(
      'needs a connected client of `redis` (node-redis) or `ioredis`',
    )
  })
})
