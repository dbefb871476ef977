import { describe, expect, it } from 'vitest'
import type { Standing } from '../../../src/standing.ts'
import { ALL } from '../../../src/session/standings.ts'
import { linkedStandings, loneStandings } from '../../support/linked-standings.ts'

const first: Standing = { id: '10.a', generation: 10 }
const second: Standing = { id: '20.a', generation: 20 }
const third: Standing = { id: '30.a', generation: 30 }

describe('a tab that has heard of the end of a session', () => {
  it('takes that session for over, and every earlier one, whatever was written of them since', () => {
    const standings = loneStandings()

    standings.note({ ...second, ended: 'logout' })
    standings.note({ ...second, generation: 90 })
    standings.note({ ...first, generation: 91 })

    expect([first, second].map((session) => standings.isOver(session))).toEqual([true, true])
    expect(standings.isOver({ id: '19.zzz' })).toBe(true)
    expect(standings.isOver({ id: 'of an earlier version' })).toBe(true)
  })

  it('lets in a session that began later', () => {
    const standings = loneStandings()

    standings.note({ ...second, ended: 'expired' })

    expect(standings.isOver(third)).toBe(false)
    expect(standings.last).toEqual({ ...second, ended: 'expired' })
  })
})

describe('of the sessions that a tab has heard of', () => {
  const heard: Standing[] = [
    first,
    { ...first, generation: 25 },
    { ...first, generation: 26, ended: 'logout' },
    second,
    { ...second, generation: 21 },
  ]

  it.each([
    ['in the order in which it happened', heard],
    ['the other way round', heard.toReversed()],
    ['the later session first', [...heard.slice(3), ...heard.slice(0, 3)]],
    ['the end of the earlier one last', [heard[3]!, heard[4]!, heard[0]!, heard[1]!, heard[2]!]],
  ])('the later one goes on, and the earlier one is over: %s', (_, order) => {
    const standings = loneStandings()

    for (const standing of order) standings.note(standing)

    expect([first, second].map((session) => standings.isOver(session))).toEqual([true, false])
    expect(standings.last).toEqual({ ...second, generation: 21 })
  })

  it('none is over where nothing was heard', () => {
    const standings = loneStandings()

    expect(standings.last).toBeNull()
    expect(standings.isOver(first)).toBe(false)
  })
})

describe('a session that begins here', () => {
  it('is later than every one that was heard of', () => {
    const standings = loneStandings()
    const far = { id: `${Date.now() + 1e9}.a`, generation: Date.now() + 1e9 }
    standings.note(far)

    const mine = standings.next()
    standings.note(mine)

    expect([far, mine].map((session) => standings.isOver(session))).toEqual([true, false])
  })

  it('is later than one whose tab has only been heard of in passing', async () => {
    const standings = loneStandings()
    const far = Date.now() + 1e9

    await standings.hold('of a tab alone', { id: `${far}.a`, generation: far })

    expect(standings.next().generation).toBeGreaterThan(far)
  })
})

describe('what a tab holds', () => {
  it('is seen by the other tabs, under its scope', async () => {
    const { standings, held } = linkedStandings()

    await standings.hold(ALL, second)
    await standings.hold('30.a', third)

    expect(held).toEqual([
      ['', second],
      ['30.a', third],
    ])
  })

  it('is the latest that it knows of, where it is of the session that all tabs share', async () => {
    const standings = loneStandings()

    await standings.hold(ALL, second)

    expect([first, second, third].map((session) => standings.isOver(session))).toEqual([true, false, false])
  })

  it('says nothing of what all tabs share, where it is of a session of its own', async () => {
    const standings = loneStandings()

    await standings.hold('20.a', second)

    expect(standings.last).toBeNull()
    expect(standings.isOver(first)).toBe(false)
  })
})

describe('the newest that any tab holds', () => {
  it('is asked for by scope', async () => {
    const { standings, others } = linkedStandings()
    others.set('', second)

    expect(await standings.newest(ALL)).toEqual(second)
    expect(await standings.newest('20.a')).toBeNull()
  })

  it('is none where a tab is on its own', async () => {
    expect(await loneStandings().newest(ALL)).toBeNull()
  })
})
