import { describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../../../src/session/context.ts'
import { createTurns } from '../../../src/session/turns.ts'
import type { LockBounds } from '../../../src/tabs/locks.ts'
import { failure } from '../../support/outcomes.ts'

type Alone = <T>(bounds: LockBounds, work: () => Promise<T>) => Promise<T>

const atOnce: Alone = (_bounds, work) => work()
const ranOut: Alone = () => Promise.reject(new DOMException('The wait ran out.', 'AbortError'))

/** The turns of a tab whose lock is in the test's hands; without one it is on its own. */
function turnsOf({ alone, resumable = true }: { alone?: Alone; resumable?: boolean }) {
  const stop = new AbortController()
  const asked: LockBounds[] = []
  const locks = {
    alone: <T>(bounds: LockBounds, work: () => Promise<T>) => {
      asked.push(bounds)
      return alone!(bounds, work)
    },
  }
  const turns = createTurns({
    backend: { resumable },
    links: alone && { locks },
    refreshTimeout: 1_000,
    stop: stop.signal,
  } as unknown as AuthContext)
  return { turns, asked, stop }
}

const work = () => vi.fn(async () => 'done')

describe('what no other tab may do at the same time', () => {
  it('is done at once where there are no others', async () => {
    const { turns } = turnsOf({})

    expect(await turns.exclusively(AbortSignal.abort(), work())).toBe('done')
    expect(await turns.inTurn(work())).toBe('done')
  })

  it('waits longer than a refresh can take, with its three attempts, and ends as its caller says', async () => {
    const { turns, asked } = turnsOf({ alone: atOnce })
    const over = new AbortController().signal

    expect(await turns.exclusively(over, work())).toBe('done')

    expect(asked).toEqual([{ timeout: 20_000, stop: over }])
    expect(asked[0]?.stop).toBe(over)
  })

  it('is not done where the wait runs out', async () => {
    const { turns, stop } = turnsOf({ alone: ranOut })
    const never = work()

    expect(await failure(turns.exclusively(stop.signal, never))).toMatchObject({ name: 'AbortError' })
    expect(never).not.toHaveBeenCalled()
  })
})

describe('what changes the cookie that all tabs live on', () => {
  it('is done by one tab after another, for as long as the application is there', async () => {
    const { turns, asked, stop } = turnsOf({ alone: atOnce })

    expect(await turns.inTurn(work())).toBe('done')

    expect(asked.map(({ stop: end }) => end)).toEqual([stop.signal])
  })

  it('is done at once where there is no such cookie', async () => {
    const { turns, asked } = turnsOf({ alone: ranOut, resumable: false })

    expect(await turns.inTurn(work())).toBe('done')
    expect(asked).toEqual([])
  })

  it('is done all the same, once, where another tab takes too long', async () => {
    const { turns } = turnsOf({ alone: ranOut })
    const login = work()

    expect(await turns.inTurn(login)).toBe('done')
    expect(login).toHaveBeenCalledOnce()
  })

  it('is not done again where it fails itself', async () => {
    const { turns } = turnsOf({ alone: atOnce })
    const error = new Error('wrong password')
    const login = vi.fn(() => Promise.reject(error))

    expect(await failure(turns.inTurn(login))).toBe(error)
    expect(login).toHaveBeenCalledOnce()
  })

  it('is not done any more where the application is gone by then', async () => {
    const { turns, stop } = turnsOf({ alone: ranOut })
    const login = work()
    stop.abort()

    expect(await failure(turns.inTurn(login))).toMatchObject({ name: 'AbortError' })
    expect(login).not.toHaveBeenCalled()
  })
})
