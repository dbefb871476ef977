import { describe, expect, it, vi } from 'vitest'
import { createShield } from '../../../src/session/shield.ts'

describe('a shield', () => {
  it('lets an action happen, at once', () => {
    const report = vi.fn<(error: unknown) => void>()
    const action = vi.fn<() => void>()

    createShield(report)(action)

    expect(action).toHaveBeenCalledOnce()
    expect(report).not.toHaveBeenCalled()
  })

  it('reports what an observer throws, and stops nothing', () => {
    const report = vi.fn<(error: unknown) => void>()
    const error = new Error('boom')

    expect(() =>
      createShield(report)(() => {
        throw error
      }),
    ).not.toThrow()
    expect(report).toHaveBeenCalledExactlyOnceWith(error)
  })
})
