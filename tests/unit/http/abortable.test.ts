import axios, { AxiosHeaders, type CancelTokenSource, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it, vi } from 'vitest'
import { abortable } from '../../../src/http/abortable.ts'
import { listenersOf } from '../../support/listeners-of.ts'
import { failure } from '../../support/outcomes.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const config = (more: Partial<InternalAxiosRequestConfig> = {}): InternalAxiosRequestConfig => ({
  headers: new AxiosHeaders(),
  ...more,
})

const never = new Promise<never>(() => {})

/** How many listeners a cancel token has: the library must leave none. */
const listenersOfToken = ({ token }: CancelTokenSource): number =>
  (token as unknown as { _listeners?: unknown[] | null })._listeners?.length ?? 0

describe('a wait that its caller may abort', () => {
  it('is no other wait where he cannot', () => {
    const work = Promise.resolve('done')

    expect(abortable(work, config())).toBe(work)
  })

  it.each<[string, () => Partial<InternalAxiosRequestConfig>]>([
    ['a signal', () => ({ signal: new AbortController().signal })],
    ['a cancel token', () => ({ cancelToken: axios.CancelToken.source().token })],
    ['both', () => ({ signal: new AbortController().signal, cancelToken: axios.CancelToken.source().token })],
  ])('gives what was waited for, with %s', async (_, means) => {
    const error = new Error('broken')

    expect(await abortable(Promise.resolve('done'), config(means()))).toBe('done')
    expect(await failure(abortable(Promise.reject(error), config(means())))).toBe(error)
  })

  it('ends with a CanceledError at once where the signal is aborted', async () => {
    const controller = new AbortController()
    const request = config({ signal: controller.signal })
    const waiting = failure(abortable(never, request))

    controller.abort()

    const error = await waiting
    expect(axios.isCancel(error)).toBe(true)
    expect(error).toMatchObject({ name: 'CanceledError', code: 'ERR_CANCELED', config: request })
  })

  it('ends with a CanceledError at once where it was aborted before', async () => {
    const signal = AbortSignal.abort()

    expect(axios.isCancel(await failure(abortable(never, config({ signal }))))).toBe(true)
  })

  it('ends with the reason of the cancel token, at once', async () => {
    const source = axios.CancelToken.source()
    const waiting = failure(abortable(never, config({ cancelToken: source.token })))

    source.cancel('not needed')

    const error = await waiting
    expect(axios.isCancel(error)).toBe(true)
    expect(error).toMatchObject({ message: 'not needed' })
  })

  it('ends with the reason of the cancel token where it was cancelled before', async () => {
    const source = axios.CancelToken.source()
    source.cancel('not needed')

    expect(await failure(abortable(never, config({ cancelToken: source.token })))).toMatchObject({
      name: 'CanceledError',
      message: 'not needed',
    })
  })

  it('ends with whichever comes first, where there are both', async () => {
    const controller = new AbortController()
    const source = axios.CancelToken.source()
    const both = () => abortable(never, config({ signal: controller.signal, cancelToken: source.token }))
    const waiting = [failure(both()), failure(both())]

    source.cancel('token')
    controller.abort()

    for (const error of await Promise.all(waiting)) expect(axios.isCancel(error)).toBe(true)
    expect(axios.isCancel(await failure(both()))).toBe(true)
  })

  it('does not end twice', async () => {
    const controller = new AbortController()
    const gate = Promise.withResolvers<string>()
    const settled = vi.fn<(outcome: unknown) => void>()
    const waiting = abortable(gate.promise, config({ signal: controller.signal })).then(settled, settled)

    gate.resolve('done')
    await waiting
    controller.abort()

    expect(settled).toHaveBeenCalledExactlyOnceWith('done')
  })

  it('leaves the work itself alone: others wait for it too', async () => {
    const controller = new AbortController()
    const gate = Promise.withResolvers<string>()
    const aborted = failure(abortable(gate.promise, config({ signal: controller.signal })))
    const other = abortable(gate.promise, config({ signal: new AbortController().signal }))

    controller.abort()
    await aborted
    gate.resolve('done')

    expect(await other).toBe('done')
  })
})

describe('once the wait is over', () => {
  it('no listener is left on the signal, however it ended', async () => {
    const controller = new AbortController()
    const listeners = listenersOf(controller.signal)
    const request = config({ signal: controller.signal })

    await abortable(Promise.resolve(), request)
    await failure(abortable(Promise.reject(new Error('broken')), request))
    expect(listeners.count).toBe(0)

    const waiting = failure(abortable(never, request))
    expect(listeners.count).toBe(1)
    controller.abort()
    await waiting
    expect(listeners.count).toBe(0)
  })

  it('no listener is left on the cancel token, however it ended', async () => {
    const source = axios.CancelToken.source()
    const request = config({ cancelToken: source.token })
    const before = listenersOfToken(source)

    await abortable(Promise.resolve(), request)
    await failure(abortable(Promise.reject(new Error('broken')), request))

    expect(listenersOfToken(source)).toBe(before)
  })

  it('no listener is left on either where the other one ended it', async () => {
    const controller = new AbortController()
    const source = axios.CancelToken.source()
    const before = listenersOfToken(source)
    const waiting = failure(
      abortable(never, config({ signal: controller.signal, cancelToken: source.token })),
    )
    expect(listenersOfToken(source)).toBe(before + 1)

    controller.abort()
    await waiting

    expect(listenersOfToken(source)).toBe(before)
  })

  it.each<[string, () => Partial<InternalAxiosRequestConfig>]>([
    ['a signal', () => ({ signal: AbortSignal.abort() })],
    [
      'a cancel token',
      () => {
        const source = axios.CancelToken.source()
        source.cancel()
        return { cancelToken: source.token }
      },
    ],
  ])(
    'no rejection is left unhandled where the work fails after the caller went away: %s',
    async (_, means) => {
      const unhandled = await unhandledRejections(async () => {
        const gate = Promise.withResolvers<never>()
        await failure(abortable(gate.promise, config(means())))
        gate.reject(new Error('late'))
      })

      expect(unhandled).toEqual([])
    },
  )

  it('no rejection is left unhandled where the caller goes away first, and the work fails then', async () => {
    const unhandled = await unhandledRejections(async () => {
      const controller = new AbortController()
      const gate = Promise.withResolvers<never>()
      const waiting = failure(abortable(gate.promise, config({ signal: controller.signal })))
      controller.abort()
      await waiting
      gate.reject(new Error('late'))
    })

    expect(unhandled).toEqual([])
  })
})
