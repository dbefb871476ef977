import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StorageAreas } from '../../../src/storage/areas.ts'
import { readEnd } from '../../../src/storage/record.ts'
import { type StoredSession, createVault } from '../../../src/storage/vault.ts'
import { MemoryStorage, type Operation } from '../../support/memory-storage.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const TIMEOUT = 1_000
const KEY = 'auth'

/** A session after so many refreshes. */
const session = (turn = 1, remember = true): StoredSession => ({
  id: 'first',
  remember,
  refreshAt: Infinity,
  generation: turn,
  tokens: { accessToken: `AT${turn}`, refreshToken: `RT${turn}` },
})

const setUp = (areas: StorageAreas) => {
  const stop = new AbortController()
  const report = vi.fn<(error: unknown, secrets: string[]) => void>()
  const vault = createVault({ key: KEY, areas, bounds: { timeout: TIMEOUT, stop: stop.signal }, report })
  return { vault, stop, report }
}

/** What a storage shows: the refresh token of the session in it, if any. */
const storedIn = ({ entries }: MemoryStorage): string | undefined => {
  const text = entries.get(KEY)
  return text === undefined ? undefined : JSON.parse(text).tokens.refreshToken
}

/** A storage that waits for its next operation of a kind until it is let go. */
const heldUp = (storage: MemoryStorage, kind: Operation) => {
  const gate = Promise.withResolvers<void>()
  storage.before = (operation) => {
    if (operation !== kind) return
    storage.before = () => {}
    return gate.promise
  }
  return gate
}

const never = new Promise<never>(() => {})

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  expect(vi.getTimerCount(), 'timers left behind').toBe(0)
  vi.useRealTimers()
})

describe('a vault', () => {
  it('keeps a session under its key, and gives it back', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })

    await vault.begin(session())

    expect([...lasting.entries.keys()]).toEqual([KEY])
    expect(await setUp({ lasting }).vault.read()).toEqual(session())
  })

  it('forgets a session', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })

    await vault.begin(session())
    await vault.clear()

    expect(lasting.entries.size).toBe(0)
    expect(await vault.read()).toBeNull()
  })

  it('has nothing to give without a storage, and nothing to complain of', async () => {
    const { vault, report } = setUp({})

    await vault.begin(session())

    expect(await vault.read()).toBeNull()
    expect(report).not.toHaveBeenCalled()
  })

  it('leaves the records of others alone', async () => {
    const lasting = new MemoryStorage({ 'auth-2': 'other', theme: 'dark' })
    const { vault } = setUp({ lasting })

    await vault.begin(session())
    await vault.clear()

    expect(Object.fromEntries(lasting.entries)).toEqual({ 'auth-2': 'other', theme: 'dark' })
  })

  it.each([['null'], ['[]'], ['"x"'], ['{"v":1'], ['{"v":2,"id":"a","tokens":{"accessToken":"AT"}}']])(
    'takes %s in the storage for no session',
    async (text) => {
      const { vault, report } = setUp({ lasting: new MemoryStorage({ [KEY]: text }) })

      expect(await vault.read()).toBeNull()
      expect(report).not.toHaveBeenCalled()
    },
  )
})

describe('a session that lasts no longer than its tab', () => {
  it('is kept in the storage of the tab alone', async () => {
    const areas = { lasting: new MemoryStorage(), tab: new MemoryStorage() }
    const { vault } = setUp(areas)

    await vault.begin(session(1, false))

    expect(storedIn(areas.tab)).toBe('RT1')
    expect(areas.lasting.written).toEqual([])
    expect(await vault.read()).toEqual(session(1, false))
  })

  it('takes the place of one that was remembered, and the other way round', async () => {
    const areas = { lasting: new MemoryStorage(), tab: new MemoryStorage() }
    const { vault } = setUp(areas)

    await vault.begin(session(1, true))
    await vault.begin(session(2, false))
    expect([storedIn(areas.lasting), storedIn(areas.tab)]).toEqual([undefined, 'RT2'])

    await vault.begin(session(3, true))
    expect([storedIn(areas.lasting), storedIn(areas.tab)]).toEqual(['RT3', undefined])
  })

  it('leaves both storages with the session', async () => {
    const areas = { lasting: new MemoryStorage(), tab: new MemoryStorage() }
    const { vault } = setUp(areas)

    await vault.begin(session(1, false))
    await vault.clear()

    expect([areas.lasting.entries.size, areas.tab.entries.size]).toEqual([0, 0])
  })

  it('is kept in memory alone where there is no storage of the tab', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })

    await vault.begin(session(1, true))
    await vault.begin(session(2, false))

    expect(lasting.entries.size).toBe(0)
    expect(lasting.written.join()).not.toContain('RT2')
  })

  it('is still remembered as one where both storages are the same', async () => {
    const area = new MemoryStorage()
    const { vault } = setUp({ lasting: area, tab: area })

    await vault.begin(session(1))

    expect(storedIn(area)).toBe('RT1')
    expect(await vault.read()).toEqual(session(1))
  })
})

describe('what happens to a session of this tab alone', () => {
  const other = session(9)

  const shared = async () => {
    const areas = { lasting: new MemoryStorage(), tab: new MemoryStorage() }
    await setUp(areas).vault.begin(session(1, false))
    await setUp({ lasting: areas.lasting }).vault.begin(other)
    return { ...areas, ...setUp(areas) }
  }

  it('leaves what other tabs have alone where it is refreshed', async () => {
    const { vault, lasting, tab } = await shared()

    await vault.renew(session(2, false))

    expect([storedIn(tab), storedIn(lasting)]).toEqual(['RT2', 'RT9'])
  })

  it('leaves what other tabs have alone where it ends', async () => {
    const { vault, lasting, tab } = await shared()

    await vault.end(session(1, false), { id: 'first', generation: 2, ended: 'logout' })

    expect([storedIn(tab), storedIn(lasting)]).toEqual([undefined, 'RT9'])
  })

  it('is what is read first', async () => {
    const { vault } = await shared()

    expect(await vault.read()).toEqual(session(1, false))
    expect(await vault.peek()).toEqual(other)
  })
})

describe('the end of a session that all tabs share', () => {
  const end = { id: 'first', generation: 2, ended: 'expired' } as const

  it('is written for an instant, so that they hear why, and then there is nothing', async () => {
    const page = new MemoryStorage()
    const { vault } = setUp({ lasting: page, page })
    await vault.begin(session(1))

    await vault.end(session(1), end)

    expect(page.written.map(readEnd)).toEqual([null, end])
    expect(page.entries.size).toBe(0)
  })

  it('is complete in the turn in which it comes', () => {
    const page = new MemoryStorage()
    const { vault } = setUp({ lasting: page, page })
    void vault.begin(session(1))
    expect(storedIn(page)).toBe('RT1')
    return Promise.resolve().then(async () => {
      await turns(50)
      void vault.end(session(1), end)
      expect(page.entries.size).toBe(0)
    })
  })

  it('is not written where somebody has removed the session already', async () => {
    const page = new MemoryStorage()
    const { vault } = setUp({ lasting: page, page })

    await vault.end(session(1), end)

    expect(page.written).toEqual([])
  })

  it('is complete where the disk is full', async () => {
    const page = new MemoryStorage()
    const { vault } = setUp({ lasting: page, page })
    await vault.begin(session(1))
    page.before = (operation) => {
      if (operation === 'setItem') throw new DOMException('full', 'QuotaExceededError')
    }

    await vault.end(session(1), end)

    expect(page.entries.size).toBe(0)
  })
})

describe('a glance at what all tabs share', () => {
  const shared = () => {
    const page = new MemoryStorage()
    return {
      page,
      here: setUp({ lasting: page, page }).vault,
      elsewhere: setUp({ lasting: page, page }).vault,
    }
  }

  it('shows nothing new where nothing is new', async () => {
    const { here } = shared()

    expect(here.glance()).toBeUndefined()
    await here.begin(session(1))
    expect(here.glance()).toBeUndefined()
    await here.clear()
    expect(here.glance()).toBeUndefined()
  })

  it('shows what another tab has written, once', async () => {
    const { here, elsewhere } = shared()
    await here.begin(session(1))

    await elsewhere.renew(session(2))
    expect(here.glance()).toEqual(session(2))
    expect(here.glance()).toBeUndefined()
    await elsewhere.end(session(2), { id: 'first', generation: 3, ended: 'logout' })
    expect(here.glance()).toBeNull()
    expect(here.glance()).toBeUndefined()
  })

  it('shows nothing new where what should be there could not be written', async () => {
    const { here, page } = shared()
    await here.begin(session(1))
    page.before = (operation) => {
      if (operation === 'setItem') throw new DOMException('full', 'QuotaExceededError')
    }

    await here.renew(session(2))

    expect(page.entries.size).toBe(0)
    expect(here.glance()).toBeUndefined()
  })

  it('shows nothing of nonsense', () => {
    const { here, page } = shared()
    page.entries.set(KEY, '{"v":1')

    expect(here.glance()).toBeNull()
  })

  it('shows nothing where the storage takes its time, or is blocked', async () => {
    expect(setUp({ lasting: new MemoryStorage() }).vault.glance()).toBeUndefined()

    const { here, page } = shared()
    vi.spyOn(page, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    expect(here.glance()).toBeUndefined()
  })
})

describe('a generation', () => {
  it('grows with every state, and past those of others', () => {
    vi.setSystemTime(1_000)
    const { vault } = setUp({})

    expect([vault.advance(), vault.advance(), vault.advance()]).toEqual([1_000, 1_001, 1_002])
    vault.note(7_000)
    vault.note(3_000)
    expect([vault.advance(), vault.advance()]).toEqual([7_001, 7_002])
  })

  it('goes past what was written before the storage was cleared, or the clock was set back', () => {
    vi.setSystemTime(5_000)
    const before = setUp({}).vault.advance()
    vi.setSystemTime(9_000)
    const { vault } = setUp({})
    const after = vault.advance()
    vi.setSystemTime(2_000)

    expect([before < after, vault.advance()]).toEqual([true, 9_001])
  })
})

describe('a slow storage', () => {
  it('ends with the last state, in whatever order its writes would', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    const saves = [vault.begin(session(1)), vault.renew(session(2)), vault.renew(session(3))]
    gate.resolve()
    await Promise.all(saves)

    expect(storedIn(lasting)).toBe('RT3')
  })

  it('is spared the states in between', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    const saves = [1, 2, 3, 4, 5].map((turn) => vault.renew(session(turn)))
    gate.resolve()
    await Promise.all(saves)

    expect(lasting.written.map((text) => JSON.parse(text).tokens.refreshToken)).toEqual(['RT1', 'RT5'])
  })

  it('is empty after a logout that came before the write had ended', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    void vault.begin(session())
    const loggedOut = vault.clear()
    gate.resolve()
    await loggedOut

    expect(lasting.entries.size).toBe(0)
  })

  it('holds the next session where a login followed a logout at once', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    await vault.begin(session(1))
    const gate = heldUp(lasting, 'removeItem')

    void vault.clear()
    const signedIn = vault.begin(session(2))
    gate.resolve()
    await signedIn

    expect(storedIn(lasting)).toBe('RT2')
  })

  it('comes to the last state at whatever turn it is asked for', async () => {
    for (let pause = 0; pause < 60; pause++) {
      const lasting = new MemoryStorage()
      const { vault } = setUp({ lasting })

      void vault.begin(session(1))
      await turns(pause)
      void vault.clear()
      await turns(100)
      expect(lasting.entries.size, `forgotten ${pause} turns after the session was saved`).toBe(0)

      void vault.begin(session(2))
      await turns(pause)
      void vault.renew(session(3))
      await turns(100)
      expect(storedIn(lasting), `refreshed ${pause} turns after the session was saved`).toBe('RT3')
    }
  })

  it('has a session written by the time its save resolves, at whatever turn it is asked for', async () => {
    for (let pause = 0; pause < 60; pause++) {
      const lasting = new MemoryStorage()
      const { vault } = setUp({ lasting })

      void vault.begin(session(1))
      await turns(pause)
      await vault.begin(session(2))

      expect(storedIn(lasting), `${pause} turns after the first`).toBe('RT2')
    }
  })
})

describe('a storage that does not answer', () => {
  it('is waited for no longer than the bound when it is read', async () => {
    const lasting = new MemoryStorage()
    lasting.before = () => never
    const { vault, report } = setUp({ lasting })

    const read = vault.read()
    await vi.advanceTimersByTimeAsync(TIMEOUT)

    expect(await read).toBeNull()
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'TimeoutError' }), [])
  })

  it('is waited for no longer than the bound for each operation when it is written', async () => {
    const lasting = new MemoryStorage()
    lasting.before = () => never
    const { vault, report } = setUp({ lasting })

    const saved = vault.begin(session())
    await vi.advanceTimersByTimeAsync(2 * TIMEOUT)

    await expect(saved).resolves.toBeUndefined()
    expect(report).toHaveBeenCalledOnce()
  })

  it('does not bring a session back when its write comes to an end long after the logout', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    void vault.begin(session())
    await vi.advanceTimersByTimeAsync(TIMEOUT)
    const loggedOut = vault.clear()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)
    await loggedOut
    gate.resolve()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)

    expect(lasting.entries.size).toBe(0)
  })

  it('does not put an old session over a new one when its write comes late', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    void vault.begin(session(1))
    await vi.advanceTimersByTimeAsync(TIMEOUT)
    void vault.begin(session(2))
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)
    gate.resolve()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)

    expect(storedIn(lasting)).toBe('RT2')
  })

  it('does not take a new session away when the removal of the old one comes late', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    await vault.begin(session(1))
    const gate = heldUp(lasting, 'removeItem')

    void vault.clear()
    await vi.advanceTimersByTimeAsync(TIMEOUT)
    void vault.begin(session(2))
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)
    gate.resolve()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)

    expect(storedIn(lasting)).toBe('RT2')
  })

  it('does not bring a session back that was signed out while the application was unmounted', async () => {
    const lasting = new MemoryStorage()
    const { vault, stop } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    void vault.begin(session())
    await vi.advanceTimersByTimeAsync(0)
    void vault.clear()
    stop.abort()
    await vi.advanceTimersByTimeAsync(0)
    gate.resolve()
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT)

    expect(lasting.entries.size).toBe(0)
  })

  it('runs no clock once the application is gone, however long it takes', async () => {
    const lasting = new MemoryStorage()
    const { vault, stop } = setUp({ lasting })
    const gate = Promise.withResolvers<void>()
    lasting.before = () => gate.promise

    void vault.begin(session(1))
    void vault.clear()
    await vi.advanceTimersByTimeAsync(0)
    stop.abort()
    expect(vi.getTimerCount()).toBe(0)
    gate.resolve()
    lasting.before = () => never
    await vi.advanceTimersByTimeAsync(0)

    expect(lasting.operations.at(-1)).toBe('removeItem')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('comes to rest where every operation of it takes longer than the bound', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    lasting.before = () => new Promise((resolve) => void setTimeout(resolve, TIMEOUT + 1))

    void vault.begin(session(1))
    await vi.advanceTimersByTimeAsync(100 * TIMEOUT)
    const { length } = lasting.operations
    await vi.advanceTimersByTimeAsync(100 * TIMEOUT)

    expect(lasting.operations.length).toBe(length)
    expect([undefined, 'RT1']).toContain(storedIn(lasting))
  })

  it('comes to rest, empty, where every operation takes too long and the session ended', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    lasting.before = () => new Promise((resolve) => void setTimeout(resolve, TIMEOUT + 1))

    void vault.begin(session(1))
    await vi.advanceTimersByTimeAsync(TIMEOUT / 2)
    void vault.clear()
    await vi.advanceTimersByTimeAsync(100 * TIMEOUT)
    const { length } = lasting.operations
    await vi.advanceTimersByTimeAsync(100 * TIMEOUT)

    expect(lasting.operations.length).toBe(length)
    expect(lasting.entries.size).toBe(0)
  })
})

describe('a storage that fails', () => {
  const failures: Array<[string, (storage: MemoryStorage, kind?: Operation) => void]> = [
    [
      'throws',
      (storage, kind) => {
        storage.before = (operation) => {
          if (kind === undefined || operation === kind) throw new Error('broken')
        }
      },
    ],
    [
      'rejects',
      (storage, kind) => {
        storage.before = (operation) => {
          if (kind === undefined || operation === kind) return Promise.reject(new Error('broken'))
        }
      },
    ],
  ]

  it.each(failures)('holds no session where it %s', async (_, breakDown) => {
    const lasting = new MemoryStorage()
    const { vault, report } = setUp({ lasting })
    breakDown(lasting)

    expect(await vault.read()).toBeNull()
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'broken' }), [])
  })

  it.each(failures)(
    'breaks nothing, and leaves no rejection unhandled, where it %s',
    async (_, breakDown) => {
      const lasting = new MemoryStorage()
      const { vault, report } = setUp({ lasting })
      breakDown(lasting)

      const unhandled = await unhandledRejections(async () => {
        void vault.begin(session(1))
        void vault.begin(session(2))
        await expect(vault.clear()).resolves.toBeUndefined()
        void vault.read()
      })

      expect(unhandled).toEqual([])
      expect(report).toHaveBeenCalledOnce()
    },
  )

  it.each(failures)(
    'keeps no spent refresh token where it cannot take the next: it %s',
    async (_, breakDown) => {
      const lasting = new MemoryStorage()
      const { vault, report } = setUp({ lasting })
      await vault.begin(session(1))
      breakDown(lasting, 'setItem')

      await vault.begin(session(2))

      expect(lasting.entries.size).toBe(0)
      expect(report).toHaveBeenCalledOnce()
    },
  )

  it('is written again at the next change, once it works', async () => {
    const lasting = new MemoryStorage()
    const { vault } = setUp({ lasting })
    failures[0]?.[1](lasting, 'setItem')
    await vault.begin(session(1))

    lasting.before = () => {}
    await vault.begin(session(2))

    expect(storedIn(lasting)).toBe('RT2')
  })

  it('is reported once for each run of failures', async () => {
    const lasting = new MemoryStorage()
    const { vault, report } = setUp({ lasting })
    failures[0]?.[1](lasting)
    for (const turn of [1, 2, 3]) await vault.begin(session(turn))
    expect(report).toHaveBeenCalledTimes(1)

    lasting.before = () => {}
    await vault.begin(session(4))
    failures[0]?.[1](lasting)
    await vault.begin(session(5))

    expect(report).toHaveBeenCalledTimes(2)
  })

  it('does not keep a session from the other storage', async () => {
    const areas = { lasting: new MemoryStorage(), tab: new MemoryStorage() }
    const { vault } = setUp(areas)
    failures[1]?.[1](areas.tab)

    await vault.begin(session(1))

    expect(storedIn(areas.lasting)).toBe('RT1')
    expect(await vault.read()).toEqual(session(1))
  })

  it('is not reported where the application is gone', async () => {
    const lasting = new MemoryStorage()
    const { vault, stop, report } = setUp({ lasting })
    lasting.before = () => never
    const read = vault.read()

    stop.abort()

    expect(await read).toBeNull()
    expect(report).not.toHaveBeenCalled()
  })

  it('tells which tokens must not be told', async () => {
    const lasting = new MemoryStorage()
    const { vault, report } = setUp({ lasting })
    failures[0]?.[1](lasting)

    await vault.begin(session(1))

    expect(report).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.arrayContaining(['AT1', 'RT1']))
  })

  it('tells those of the write that failed, also where another session has come since', async () => {
    const lasting = new MemoryStorage()
    const { vault, report } = setUp({ lasting })
    const gate = heldUp(lasting, 'setItem')

    void vault.begin(session(1))
    const second = vault.begin(session(2))
    gate.reject(new Error('cannot write RT1'))
    await second

    expect(report).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.arrayContaining(['AT1', 'RT1']))
  })
})
