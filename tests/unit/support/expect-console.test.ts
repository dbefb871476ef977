import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp, h } from 'vue'
import { expectConsole, settleConsole } from '../../support/expect-console.ts'

describe('the watch over the console', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('lets a quiet test pass', () => {
    expect(settleConsole).not.toThrow()
  })

  it.fails('fails a test that warns', () => {
    console.warn('careful')
  })

  it.fails('fails a test that writes an error', () => {
    console.error('broken')
  })

  it('says what was written, and where', () => {
    console.warn('careful', { count: 1 })

    expect(settleConsole).toThrow('unexpected console.warn: careful {"count":1}')
  })

  it('sees what Vue warns of', () => {
    createApp({ render: () => h('p') }).unmount()

    expect(settleConsole).toThrow('[Vue warn]: Cannot unmount an app that is not mounted.')
  })

  it('accepts a call that was announced', () => {
    expectConsole('warn', /^careful/)

    console.warn('careful')
  })

  it('accepts a call that is announced after the fact', () => {
    console.error(new Error('broken'))

    expectConsole('error', 'broken')
  })

  it('fails a test whose announced call never came', () => {
    expectConsole('warn', 'careful')

    expect(settleConsole).toThrow('calls of console.warn with careful')
  })

  it('fails a test that writes an announced message more often than it said', () => {
    expectConsole('warn', 'careful')

    console.warn('careful')
    console.warn('careful')

    expect(settleConsole).toThrow('expected 2 to be 1')
  })

  it('takes no call of one method for an announced one of the other', () => {
    expectConsole('error', 'careful', 0)

    console.warn('careful')

    expect(settleConsole).toThrow('unexpected console.warn: careful')
  })

  it('leaves a method alone that the test mocks itself', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()

    console.warn('careful')

    expect(warn).toHaveBeenCalledOnce()
  })

  it('leaves a method alone that the test spies on', () => {
    const warn = vi.spyOn(console, 'warn')

    console.warn('careful')
    warn.mockRestore()

    expect(settleConsole).not.toThrow()
  })
})
