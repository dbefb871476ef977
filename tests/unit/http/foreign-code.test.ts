import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { abortable } from '../../../src/http/abortable.ts'
import { canBeSentAgain } from '../../../src/http/replay.ts'
import { sender } from '../../../src/http/send.ts'
import { failure } from '../../support/outcomes.ts'

const config: InternalAxiosRequestConfig = { url: '/x', headers: new AxiosHeaders() }

describe('an adapter of the application', () => {
  it.each([
    ['a text', 'down'],
    ['nothing', undefined],
    ['an error that may not be changed', Object.freeze(new Error('down'))],
    ['an error of its own', new TypeError('down')],
  ])('may throw %s: the caller gets just that', async (_, thrown) => {
    const send = sender(
      config,
      () => Promise.reject(thrown),
      () => {},
    )

    const { reason } = (await Promise.allSettled([send(null)]).then(
      ([result]) => result,
    )) as PromiseRejectedResult

    expect(reason).toBe(thrown)
    expect(Object(reason)).not.toHaveProperty('config')
  })

  it('may reject with an answer that axios knows as none', async () => {
    const odd = Object.assign(new Error('odd'), { response: { status: 401 } })

    expect(
      await failure(
        sender(
          config,
          () => Promise.reject(odd),
          () => {},
        )(null),
      ),
    ).toBe(odd)
  })
})

describe('a stream of another making', () => {
  it.each([
    ['a reader', { getReader: () => ({}) }],
    ['a pipe', { pipe: () => {} }],
    ['a place in a for-await loop', { [Symbol.asyncIterator]: () => ({}) }],
  ])('is known by having %s', (_, body) => {
    expect(canBeSentAgain(body)).toBe(false)
  })
})

describe('a signal of another making', () => {
  it('that tells of no event does no harm: what is waited for comes', async () => {
    expect(await abortable(Promise.resolve('done'), { ...config, signal: { aborted: false } })).toBe('done')
  })

  it('that was aborted before ends the wait', async () => {
    const waiting = abortable(new Promise(() => {}), { ...config, signal: { aborted: true } })

    expect(await failure(waiting)).toMatchObject({ name: 'CanceledError' })
  })
})
