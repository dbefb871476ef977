import { locks as manager } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type TabLocks, createTabLocks } from '../../../src/tabs/locks.ts'
import { failure } from '../../support/outcomes.ts'

const SECOND = 1_000

/** A name of its own for each test: the locks are those of the whole process. */
let name = ''
let count = 0
const onMissing = vi.fn<() => void>()
const open: TabLocks[] = []

const tab = (of: LockManager | undefined = manager as LockManager, called = name): TabLocks => {
  const locks = createTabLocks({ manager: of, name: called, onMissing })
  open.push(locks)
  return locks
}

const bounds = (timeout = 60 * SECOND, stop = new AbortController().signal) => ({ timeout, stop })

/** The standing of a session in its so many-th state. */
const alive = (generation: number) => ({ id: '1.a', generation, ended: undefined })

/** What is locked or waited for now. */
const shown = async () => {
  const { held = [], pending = [] } = await manager.query()
  const own = (locks: LockInfo[]) => locks.flatMap((lock) => (lock.name?.startsWith(name) ? [lock.name] : []))
  return { held: own(held as LockInfo[]), pending: own(pending as LockInfo[]) }
}

beforeEach(() => {
  name = `test-${++count}`
  onMissing.mockReset()
})

afterEach(async () => {
  for (const locks of open.splice(0)) locks.release()
  await vi.waitFor(async () => expect(await shown()).toEqual({ held: [], pending: [] }))
})

describe('work that no other tab does at the same time', () => {
  it('gives its result, and its error', async () => {
    const error = new Error('broken')

    expect(await tab().alone(bounds(), async () => 'done')).toBe('done')
    expect(await failure(tab().alone(bounds(), () => Promise.reject(error)))).toBe(error)
    expect(onMissing).not.toHaveBeenCalled()
  })

  it('waits until the other tab has done its own, also where that failed', async () => {
    const gate = Promise.withResolvers<void>()
    const order: string[] = []
    const first = tab().alone(bounds(), async () => {
      order.push('first begins')
      await gate.promise
      order.push('first ends')
      throw new Error('broken')
    })
    const second = tab().alone(bounds(), async () => void order.push('second'))
    await vi.waitFor(async () => expect((await shown()).pending).toHaveLength(1))
    gate.resolve()
    await Promise.all([failure(first), second])

    expect(order).toEqual(['first begins', 'first ends', 'second'])
  })

  it('does not wait for another identity', async () => {
    const gate = Promise.withResolvers<void>()
    const busy = tab().alone(bounds(), () => gate.promise)

    expect(await tab(undefined, `${name}-other`).alone(bounds(), async () => 'done')).toBe('done')
    gate.resolve()
    await busy
  })

  it('is not begun where the wait runs out', async () => {
    const gate = Promise.withResolvers<void>()
    const busy = tab().alone(bounds(), () => gate.promise)
    const work = vi.fn<() => Promise<void>>(async () => {})

    expect(await failure(tab().alone(bounds(10), work))).toMatchObject({ name: 'AbortError' })
    gate.resolve()
    await busy

    expect(work).not.toHaveBeenCalled()
    expect(onMissing).not.toHaveBeenCalled()
  })

  it('is not begun where nobody needs it any more', async () => {
    const gate = Promise.withResolvers<void>()
    const busy = tab().alone(bounds(), () => gate.promise)
    const work = vi.fn<() => Promise<void>>(async () => {})
    const stop = new AbortController()
    const waiting = failure(tab().alone(bounds(60 * SECOND, stop.signal), work))

    stop.abort()

    expect(await waiting).toMatchObject({ name: 'AbortError' })
    expect(await failure(tab().alone(bounds(60 * SECOND, stop.signal), work))).toMatchObject({
      name: 'AbortError',
    })
    gate.resolve()
    await busy
    expect(work).not.toHaveBeenCalled()
  })

  it('goes on to its end once it has begun, however long it takes and whoever stops', async () => {
    const gate = Promise.withResolvers<string>()
    const stop = new AbortController()
    const working = tab().alone(bounds(10, stop.signal), () => gate.promise)
    await vi.waitFor(async () => expect((await shown()).held).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 20))

    stop.abort()
    gate.resolve('done')

    expect(await working).toBe('done')
  })

  it('leaves no timer behind once it has begun', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await tab().alone(bounds(), async () => expect(vi.getTimerCount()).toBe(0))
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is done at once, with a word, where there are no locks', async () => {
    const locks = createTabLocks({ manager: undefined, name, onMissing })

    expect(await locks.alone(bounds(), async () => 'done')).toBe('done')
    expect(onMissing).toHaveBeenCalledOnce()
  })

  it('is done at once, with a word, where the locks refuse everything: an opaque origin', async () => {
    const refusing = {
      request: () => Promise.reject(new DOMException('refused', 'SecurityError')),
      query: () => Promise.reject(new DOMException('refused', 'SecurityError')),
    } as unknown as LockManager
    const locks = tab(refusing)

    expect(await locks.alone(bounds(), async () => 'done')).toBe('done')
    expect(onMissing).toHaveBeenCalledOnce()
    await locks.hold('', alive(1))
    expect(await locks.newest('')).toBeNull()
  })
})

describe('the newest state that any tab has written', () => {
  it('is none at first', async () => {
    expect(await tab().newest('')).toBeNull()
  })

  it('is shown to every tab, by its generation and whether it was an end', async () => {
    const [here, there] = [tab(), tab()]

    await there.hold('', alive(3))
    expect(await here.newest('')).toEqual(alive(3))
    await here.hold('', { ...alive(4), ended: 'logout' })
    expect(await there.newest('')).toEqual({ ...alive(4), ended: 'logout' })
  })

  it('is the highest one, as numbers count', async () => {
    const tabs = [tab(), tab(), tab()]
    for (const [index, generation] of [9, 10, 2].entries()) await tabs[index]?.hold('', alive(generation))

    expect(await tab().newest('')).toEqual(alive(10))
  })

  it('takes the place of the one that the same tab held', async () => {
    const locks = tab()
    await locks.hold('', alive(1))
    await locks.hold('', alive(2))

    await vi.waitFor(async () => expect((await shown()).held).toHaveLength(1))
    expect(await locks.newest('')).toEqual(alive(2))
  })

  it('is the last one also where several were asked for at once', async () => {
    const locks = tab()

    await Promise.all([1, 2, 3].map((generation) => locks.hold('', alive(generation))))

    await vi.waitFor(async () => expect((await shown()).held).toHaveLength(1))
    expect(await locks.newest('')).toEqual(alive(3))
  })

  it('is held while another tab does its work: nobody waits for it', async () => {
    const locks = tab()
    await tab().alone(bounds(), () => locks.hold('', alive(1)))

    expect(await locks.newest('')).toEqual(alive(1))
  })

  it('is none of another scope or identity', async () => {
    await tab().hold('first', alive(7))

    expect(await tab().newest('')).toBeNull()
    expect(await tab().newest('second')).toBeNull()
    expect(await tab(undefined, `${name}-other`).newest('first')).toBeNull()
    expect(await tab().newest('first')).toEqual(alive(7))
  })

  it('is gone with the tab that held it', async () => {
    const locks = tab()
    await locks.hold('', alive(1))

    locks.release()

    await vi.waitFor(async () => expect(await tab().newest('')).toBeNull())
  })

  it('is gone also where the tab went while it asked for it', async () => {
    const locks = tab()
    const held = locks.hold('', alive(1))

    locks.release()
    await held

    await vi.waitFor(async () => expect(await tab().newest('')).toBeNull())
  })

  it('is nothing to speak of where there are no locks', async () => {
    const locks = createTabLocks({ manager: undefined, name, onMissing })

    await locks.hold('', alive(1))

    expect(await locks.newest('')).toBeNull()
    expect(onMissing).not.toHaveBeenCalled()
  })
})
