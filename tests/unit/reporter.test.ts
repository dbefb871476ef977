import { AxiosError, AxiosHeaders } from 'axios'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createReporter } from '../../src/reporter.ts'
import { emptyApp } from '../support/empty-app.ts'
import { expectConsole } from '../support/expect-console.ts'
import { manualApp, signedInApp } from '../support/manual-app.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('an error that has no caller', () => {
  it('is told to the application', () => {
    const app = emptyApp()
    const errorHandler = vi.fn<(error: unknown, instance: unknown, info: string) => void>()
    app.config.errorHandler = errorHandler
    const error = new Error('broken')

    createReporter(app).report(error)

    expect(errorHandler).toHaveBeenCalledExactlyOnceWith(error, null, 'vue-auth-axios')
  })

  it('is told to the handler of that moment', () => {
    const app = emptyApp()
    const { report } = createReporter(app)
    const errorHandler = vi.fn<() => void>()
    app.config.errorHandler = errorHandler

    report(new Error('broken'))

    expect(errorHandler).toHaveBeenCalledOnce()
  })

  it('is written to the console where the application has no handler', () => {
    expectConsole('error', /^\[vue-auth-axios\] Error: broken/)

    createReporter(emptyApp()).report(new Error('broken'))
  })

  it('is written to the console where the handler throws it again', () => {
    expectConsole('error', '[vue-auth-axios] Error: broken')
    const app = emptyApp()
    app.config.errorHandler = (error) => {
      throw error
    }

    expect(() => createReporter(app).report(new Error('broken'))).not.toThrow()
  })

  it.each([
    ['text', 'text'],
    [1, '1'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('odd'), 'Symbol(odd)'],
  ])('may be no error: %s', (thrown, text) => {
    expectConsole('error', `[vue-auth-axios] ${text}`)

    expect(() => createReporter(emptyApp()).report(thrown)).not.toThrow()
  })

  it.each<[string, () => unknown]>([
    ['no prototype', () => Object.create(null)],
    [
      'a text of its own that throws',
      () => ({
        toString: () => {
          throw new Error('no')
        },
      }),
    ],
    [
      'a stack that throws',
      () => Object.defineProperty(new Error('no'), 'stack', { get: () => neverRead() }),
    ],
  ])('may be of an odd shape: %s', (_, make) => {
    expectConsole('error', '[vue-auth-axios] Something was thrown that cannot be told.')

    expect(() => createReporter(emptyApp()).report(make())).not.toThrow()
  })

  it('is written as text alone: what hangs on it leads to tokens', () => {
    const written = vi.spyOn(console, 'error').mockReturnValue()
    const config = { headers: new AxiosHeaders({ Authorization: 'Bearer AT-secret' }), data: 'RT-secret' }

    createReporter(emptyApp()).report(new AxiosError('broken', 'ERR_NETWORK', config))

    expect(written.mock.calls.flat().every((argument) => typeof argument === 'string')).toBe(true)
    expect(written.mock.calls.flat().join()).not.toMatch(/AT-secret|RT-secret/)
  })

  it('holds no token where a storage quotes what it could not write', async () => {
    const app = await signedInApp()
    app.storage.before = (operation) => {
      const value = app.storage.entries.get('vue-auth-axios:authAxios')
      if (operation === 'setItem') throw new Error(`Cannot replace ${value}`)
    }

    await app.store.setTokens({ access_token: 'AT1', refresh_token: 'RT1' })

    expect(app.errors).toHaveLength(1)
    expect(String(app.errors[0]) + (app.errors[0] as Error).stack).not.toMatch(/AT1|RT1/)
  })
})

describe('a warning', () => {
  it('says who speaks', () => {
    expectConsole('warn', /^\[vue-auth-axios\] careful$/)

    createReporter(emptyApp()).warn('careful')
  })

  it('is none of an ordinary life', async () => {
    const { store } = manualApp({ backend: { logout: async () => {} } })

    await store.ready()
    await store.setTokens({ access_token: 'AT1' })
    await store.logout()
  })
})

function neverRead(): never {
  throw new Error('not now')
}

describe('what the developer should mend', () => {
  it('is said once for each topic, however often', () => {
    const { warnOnce } = createReporter(emptyApp())
    expectConsole('warn', '[vue-auth-axios] first')
    expectConsole('warn', '[vue-auth-axios] second')

    warnOnce('a', 'first')
    warnOnce('b', 'second')
    warnOnce('a', 'third')
  })

  it('is said once in each application', () => {
    expectConsole('warn', '[vue-auth-axios] first', 2)

    for (let app = 0; app < 2; app++) createReporter(emptyApp()).warnOnce('a', 'first')
  })
})
