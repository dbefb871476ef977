import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { canBeSentAgain, discard } from '../../../src/http/replay.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const answerWith = (data: unknown) => ({ data }) as Parameters<typeof discard>[0]

describe('a body can be sent again', () => {
  it.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a text', '{"a":1}'],
    ['an empty text', ''],
    ['a number', 1],
    ['a boolean', false],
    ['an object', { a: 1 }],
    ['a list', [1]],
    ['URLSearchParams', new URLSearchParams('a=1')],
    ['FormData', new FormData()],
    ['a Blob', new Blob(['a'])],
    ['a File', new File(['a'], 'a.txt')],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a typed array', new Uint8Array(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a Buffer', Buffer.from('a')],
  ])('where it is %s', (_, body) => {
    expect(canBeSentAgain(body)).toBe(true)
  })

  it.each<[string, unknown]>([
    ['a Node stream', Readable.from(['a'])],
    ['a Node stream that has ended', Readable.from([]).destroy()],
    ['a ReadableStream', new ReadableStream()],
    ['the body of a fetch', new Response('a').body],
    [
      'an async generator',
      (async function* () {
        yield 'a'
      })(),
    ],
    ['a form of the `form-data` package, which is a stream', { pipe: () => {}, getHeaders: () => ({}) }],
  ])('but not where it is %s', (_, body) => {
    expect(canBeSentAgain(body)).toBe(false)
  })
})

describe('an answer that nobody will read', () => {
  it('lets go of a Node stream', () => {
    const stream = Readable.from(['a'])

    discard(answerWith(stream))

    expect(stream.destroyed).toBe(true)
  })

  it('lets go of a ReadableStream', async () => {
    const cancel = vi.fn<() => void>()

    discard(answerWith(new ReadableStream({ cancel })))

    expect(cancel).toHaveBeenCalledOnce()
  })

  it('leaves no rejection behind where the stream does not let go', async () => {
    const locked = new ReadableStream()
    locked.getReader()
    const failing = new ReadableStream({ cancel: () => Promise.reject(new Error('no')) })

    const unhandled = await unhandledRejections(() => {
      discard(answerWith(locked))
      discard(answerWith(failing))
    })

    expect(unhandled).toEqual([])
  })

  it.each([[undefined], [null], [''], ['text'], [1], [{}], [[]], [Buffer.from('a')]])(
    'needs nothing where there is nothing open: %j',
    (data) => {
      expect(() => discard(answerWith(data))).not.toThrow()
    },
  )

  it('needs nothing where an API has a word for it: `destroy` and `cancel` are data', () => {
    expect(() => discard(answerWith({ destroy: true, cancel: 'later' }))).not.toThrow()
  })
})
