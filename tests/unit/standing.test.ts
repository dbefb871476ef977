import { describe, expect, it } from 'vitest'
import { type Standing, beganEarlier, firstStanding, isBefore, latest } from '../../src/standing.ts'

const begun = (generation: number) => firstStanding(generation).id

describe('the order in which sessions began', () => {
  it('is that of their generations, as numbers', () => {
    expect(beganEarlier(begun(9), begun(10))).toBe(true)
    expect(beganEarlier(begun(10), begun(9))).toBe(false)
    expect(beganEarlier('9.b', '10.a')).toBe(true)
    expect(beganEarlier('10.a', '9.b')).toBe(false)
  })

  it('is the same in every tab where two began at once', () => {
    expect([beganEarlier('7.a', '7.b'), beganEarlier('7.b', '7.a')]).toEqual([true, false])
  })

  it('puts no session before itself', () => {
    expect(beganEarlier('7.a', '7.a')).toBe(false)
  })

  it('is known of records without a generation in their id, which come first', () => {
    expect([beganEarlier('earlier', 'later'), beganEarlier('later', 'earlier')]).toEqual([true, false])
    expect([beganEarlier('later', '1.a'), beganEarlier('1.a', 'later')]).toEqual([true, false])
  })

  it('has a name of its own for each of two that begin at once', () => {
    expect(begun(7)).not.toBe(begun(7))
  })
})

describe('of the standings of sessions', () => {
  const standings: Standing[] = [
    { id: '5.a', generation: 5 },
    { id: '5.a', generation: 90 },
    { id: '5.a', generation: 6, ended: 'logout' },
    { id: '5.a', generation: 7, ended: 'expired' },
    { id: '6.a', generation: 6 },
    { id: '10.a', generation: 10 },
  ]

  it('the later session comes last, whatever was written of an earlier one since; then its end, then its newer states', () => {
    for (const [index, one] of standings.entries()) {
      for (const [place, other] of standings.entries()) expect(isBefore(one, other)).toBe(index < place)
    }
  })

  it('the latest is found in any order, among others that are not there', () => {
    expect(latest([null, ...standings.toReversed(), undefined])).toBe(standings.at(-1))
    expect(latest([...standings, null])).toBe(standings.at(-1))
    expect(latest([undefined, null])).toBeNull()
  })
})
