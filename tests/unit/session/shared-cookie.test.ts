import { describe, expect, it, vi } from 'vitest'
import { type Standing, beganEarlier } from '../../../src/standing.ts'
import type { Outcome } from '../../../src/session/ask.ts'
import { shareCookie } from '../../../src/session/shared-cookie.ts'
import { ALL } from '../../../src/session/standings.ts'
import type { Turns } from '../../../src/session/turns.ts'
import { linkedStandings } from '../../support/linked-standings.ts'
import { turns as microtasks } from '../../support/turns.ts'

const tokens = { accessToken: 'AT1' }
const renewed: Outcome = { kind: 'renewed', tokens }
const failed: Outcome = { kind: 'failed', cause: new Error('down'), until: 7 }

const first: Standing = { id: '10.a', generation: 10 }
const second: Standing = { id: '20.a', generation: 20 }

const alone: Turns['exclusively'] = (_over, work) => work()

/** The cookie as one tab has it, whose turns come at once unless told otherwise. */
function cookieOf({ exclusively = alone }: { exclusively?: Turns['exclusively'] } = {}) {
  const { standings, others, held } = linkedStandings()
  const told: Array<[scope: string, standing: Standing]> = []
  const dismissed: unknown[] = []
  const cookie = shareCookie({
    standings,
    turns: { exclusively, inTurn: (work) => work() },
    stop: new AbortController().signal,
    async listen() {
      const known = await standings.newest(ALL)
      if (known) {
        if (known.ended && !standings.isOver(known)) cookie.heardEnd()
        standings.note(known)
      }
      return known
    },
    tell: (scope, standing) => void told.push([scope, standing]),
    dismiss: async (given) => void dismissed.push(given),
  })
  return { cookie, standings, others, held, told, dismissed }
}

/** A backend that answers when the test says so, and what it was given to notice the end of the session by. */
function question() {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const ask = vi.fn((_over: AbortSignal) => promise)
  return { ask, answer: resolve, over: () => ask.mock.calls[0]?.[0].aborted }
}

describe('a session that another tab has begun', () => {
  it('is news once', () => {
    const { cookie } = cookieOf()

    expect([first, first, second, second, first].map((standing) => cookie.isNews(standing))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ])
  })

  it('is no news where it began here', async () => {
    const { cookie } = cookieOf()

    expect(cookie.isNews(await cookie.changedHands())).toBe(false)
  })

  it.each([
    ['renewed', renewed] as const,
    ['failed', failed] as const,
    ['refused', { kind: 'refused' }] as const,
  ])('is no news where the server has been asked since, whatever it said: %s', async (_, outcome) => {
    const { cookie, others } = cookieOf()
    others.set(ALL, first)

    await cookie.resumed(async () => outcome)

    expect(cookie.isNews(first)).toBe(false)
    expect(cookie.isNews(second)).toBe(true)
  })

  it('is news after the server was asked while nobody had a session', async () => {
    const { cookie } = cookieOf()

    await cookie.resumed(async () => ({ kind: 'refused' }))

    expect(cookie.isNews(first)).toBe(true)
  })
})

describe('whatever may bring the cookie back', () => {
  it.each([['renewed', renewed] as const, ['failed', failed] as const])(
    'counts where the session goes on: %s',
    async (_, outcome) => {
      const { cookie, dismissed } = cookieOf()
      cookie.heardEnd()

      expect(await cookie.unlessEnded(async () => outcome)).toBe(outcome)
      expect(dismissed).toEqual([])
    },
  )

  it('is taken back where the session has ended meanwhile, and is as good as refused', async () => {
    const { cookie, dismissed } = cookieOf()

    const outcome = await cookie.unlessEnded(async () => {
      cookie.heardEnd()
      return renewed
    })

    expect(outcome).toEqual({ kind: 'refused' })
    expect(dismissed).toEqual([tokens])
  })

  it('needs no taking back where it has not come', async () => {
    const { cookie, dismissed } = cookieOf()

    const outcome = await cookie.unlessEnded(async () => {
      cookie.heardEnd()
      return failed
    })

    expect(outcome).toBe(failed)
    expect(dismissed).toEqual([])
  })
})

describe('a tab that asks the server for the session', () => {
  it('begins one where no other tab has it, and every tab can tell', async () => {
    const { cookie, held, standings } = cookieOf()

    const { outcome, standing } = await cookie.resumed(async () => renewed)

    expect(outcome).toBe(renewed)
    expect(standing.id).toMatch(/^\d+\./)
    expect(standing.ended).toBeUndefined()
    expect(held).toEqual([[ALL, standing]])
    expect(standings.last).toEqual(standing)
  })

  it('joins the session of another tab, under its own name and generation', async () => {
    const { cookie, others, held } = cookieOf()
    others.set(ALL, first)

    const { standing } = await cookie.resumed(async () => renewed)

    expect(standing).toEqual(first)
    expect(held).toEqual([[ALL, first]])
  })

  it('joins the one that another tab has begun while the server was being asked', async () => {
    const { cookie, others } = cookieOf()
    others.set(ALL, first)

    const { standing } = await cookie.resumed(async () => {
      others.set(ALL, second)
      return renewed
    })

    expect(standing).toEqual(second)
  })

  it('begins one where that of the other tabs has ended before', async () => {
    const { cookie, others } = cookieOf()
    others.set(ALL, { ...first, ended: 'logout' })

    const { outcome, standing } = await cookie.resumed(async () => renewed)

    expect(outcome).toBe(renewed)
    expect(standing.id).not.toBe(first.id)
    expect(standing.generation).toBeGreaterThan(first.generation)
  })

  it('begins one where that of the other tabs is over, though they still hold it', async () => {
    const { cookie, others, standings } = cookieOf()
    standings.note({ ...second, ended: 'logout' })
    others.set(ALL, first)

    const { standing } = await cookie.resumed(async () => renewed)

    expect([first.id, second.id]).not.toContain(standing.id)
  })

  it.each([['failed', failed] as const, ['refused', { kind: 'refused' }] as const])(
    'holds nothing where none comes: %s',
    async (_, outcome) => {
      const { cookie, held } = cookieOf()

      expect(await cookie.resumed(async () => outcome)).toMatchObject({ outcome })
      expect(held).toEqual([])
    },
  )

  it('has done so before the next tab has its turn', async () => {
    const ends: number[] = []
    const { cookie, held } = cookieOf({
      async exclusively(_over, work) {
        const result = await work()
        ends.push(held.length)
        return result
      },
    })

    await cookie.resumed(async () => renewed)

    expect(ends).toEqual([1])
  })

  it('asks nobody where the session ends while it waits for its turn', async () => {
    const turn = Promise.withResolvers<void>()
    const { cookie } = cookieOf({ exclusively: (_over, work) => turn.promise.then(work) })
    const { ask } = question()

    const resumed = cookie.resumed(ask)
    await microtasks(20)
    cookie.heardEnd()
    turn.resolve()

    expect((await resumed).outcome).toEqual({ kind: 'refused' })
    expect(ask).not.toHaveBeenCalled()
  })

  it('asks nobody where other tabs hold the end of it by the time of its turn', async () => {
    const turn = Promise.withResolvers<void>()
    const { cookie, others } = cookieOf({ exclusively: (_over, work) => turn.promise.then(work) })
    others.set(ALL, first)
    const { ask } = question()

    const resumed = cookie.resumed(ask)
    await microtasks(20)
    others.set(ALL, { ...first, generation: 11, ended: 'logout' })
    turn.resolve()

    expect((await resumed).outcome).toEqual({ kind: 'refused' })
    expect(ask).not.toHaveBeenCalled()
  })

  it('asks all the same where an end was heard of before', async () => {
    const { cookie, others } = cookieOf()
    cookie.heardEnd()
    others.set(ALL, { ...first, ended: 'logout' })

    expect((await cookie.resumed(async () => renewed)).outcome).toBe(renewed)
  })

  it('asks nobody for a session that is over', async () => {
    const { cookie, standings } = cookieOf()
    standings.note({ ...second, ended: 'logout' })
    const { ask } = question()

    expect((await cookie.resumed(ask, first)).outcome).toEqual({ kind: 'refused' })
    expect(ask).not.toHaveBeenCalled()
  })

  it('asks for a session that goes on', async () => {
    const { cookie, others } = cookieOf()
    others.set(ALL, second)

    expect(await cookie.resumed(async () => renewed, second)).toEqual({ outcome: renewed, standing: second })
  })

  it('gives up at once where the session ends meanwhile, and what still comes does not stay', async () => {
    const { cookie, dismissed, held } = cookieOf()
    const { ask, answer, over } = question()
    const resumed = cookie.resumed(ask)
    await microtasks(20)
    expect(over()).toBe(false)

    cookie.heardEnd()
    expect(over()).toBe(true)
    answer(renewed)

    expect((await resumed).outcome).toEqual({ kind: 'refused' })
    expect([dismissed, held]).toEqual([[tokens], []])
  })

  it('is refused where the session ends meanwhile and the server could not be reached: it is not asked again', async () => {
    const { cookie } = cookieOf()
    const { ask, answer } = question()
    const resumed = cookie.resumed(ask)
    await microtasks(20)

    cookie.heardEnd()
    answer(failed)

    expect((await resumed).outcome).toEqual({ kind: 'refused' })
  })

  it('gives up where its application is unmounted', async () => {
    const { cookie, held } = cookieOf()
    const { ask, answer, over } = question()
    const resumed = cookie.resumed(ask)
    await microtasks(20)

    cookie.dispose()
    expect(over()).toBe(true)
    answer(renewed)

    expect((await resumed).outcome).toEqual({ kind: 'refused' })
    expect(held).toEqual([])
  })

  it('has failed where its turn does not come, and may try again at once', async () => {
    const cause = new DOMException('The wait ran out.', 'AbortError')
    const { cookie } = cookieOf({ exclusively: () => Promise.reject(cause) })

    const { outcome } = await cookie.resumed(async () => renewed)

    expect(outcome).toMatchObject({ kind: 'failed', cause })
    expect(outcome.kind === 'failed' && outcome.until).toBeLessThanOrEqual(performance.now())
  })
})

describe('a login', () => {
  it('is seen by all tabs as soon as the cookie has changed hands', async () => {
    const { cookie, held, standings } = cookieOf()
    standings.note(first)

    const standing = await cookie.changedHands()

    expect(held).toEqual([[ALL, standing]])
    expect(standings.isOver(first)).toBe(true)
    expect(standings.isOver(standing)).toBe(false)
  })
})

describe('a logout that the server has answered', () => {
  it('ends whatever any tab knows or holds, and all are told', async () => {
    const { cookie, standings, others, held, told } = cookieOf()
    standings.note(first)
    others.set(ALL, second)

    await cookie.endedByServer()

    expect(held).toEqual([[ALL, expect.objectContaining({ ended: 'logout' })]])
    expect(told).toEqual(held)
    expect(beganEarlier(second.id, held[0]?.[1].id ?? '')).toBe(true)
    expect([first, second].map((session) => standings.isOver(session))).toEqual([true, true])
  })

  it('is told even where this tab knew of no session: the cookie of all tabs is gone', async () => {
    const { cookie, held, told } = cookieOf()

    await cookie.endedByServer()

    expect([held, told].map(({ length }) => length)).toEqual([1, 1])
  })
})

describe('a logout that another tab was to tell the server of', () => {
  const end: Standing = { ...first, generation: 11, ended: 'logout' }

  it.each([
    ['nobody holds anything any more', undefined],
    ['that tab still holds what it told', end],
    ['somebody still holds the session', first],
  ])('is told by this one where %s', async (_, holding) => {
    const { cookie, others, held, dismissed } = cookieOf()
    if (holding) others.set(ALL, holding)

    await cookie.seeOff(tokens, end)

    expect(dismissed).toEqual([tokens])
    expect(held).toEqual([[ALL, { ...end, generation: expect.any(Number) as number }]])
    expect(held[0]?.[1].generation).toBeGreaterThan(end.generation)
  })

  it.each([
    ['it has been told', { ...end, generation: 12 }],
    ['somebody has signed in since', second],
  ])('is not told again where %s', async (_, holding) => {
    const { cookie, others, held, dismissed } = cookieOf()
    others.set(ALL, holding)

    await cookie.seeOff(tokens, end)

    expect([held, dismissed]).toEqual([[], []])
  })

  it('is left to others, without a word, where the turn does not come', async () => {
    const { cookie, held, dismissed } = cookieOf({ exclusively: () => Promise.reject(new Error('busy')) })

    await expect(cookie.seeOff(tokens, end)).resolves.toBeUndefined()

    expect([held, dismissed]).toEqual([[], []])
  })

  it('is told in a turn of its own', async () => {
    const turn = Promise.withResolvers<void>()
    const { cookie, dismissed } = cookieOf({ exclusively: (_over, work) => turn.promise.then(work) })

    const done = cookie.seeOff(tokens, end)
    await microtasks(20)
    expect(dismissed).toEqual([])
    turn.resolve()
    await done

    expect(dismissed).toEqual([tokens])
  })
})
