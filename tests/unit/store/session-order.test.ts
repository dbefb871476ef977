import { describe, expect, it } from 'vitest'
import { Session, beganEarlier } from '../../../src/store/session.ts'

const begun = (generation: number) =>
  Session.start({ accessToken: 'AT' }, { remember: true, leeway: 30, generation }).id

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

  it('is known of records without a generation in their id', () => {
    expect([beganEarlier('earlier', 'later'), beganEarlier('later', 'earlier')]).toEqual([true, false])
  })
})
