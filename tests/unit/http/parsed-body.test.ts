import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import type { AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { withParsedBody } from '../../../src/http/parsed-body.ts'

const JSON_TEXT = '{"code":"TOKEN_EXPIRED","name":"Ähre"}'
const PARSED = { code: 'TOKEN_EXPIRED', name: 'Ähre' }

const answer = (data: unknown, status = 401, headers: Record<string, string> = {}) =>
  ({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    data,
    statusText: '',
    config: {},
  }) as AxiosResponse

const bytes = () => new TextEncoder().encode(JSON_TEXT)

/** One byte at a time, so that no character comes in one piece. */
const nodeStream = () => Readable.from([...bytes()].map((byte) => Uint8Array.of(byte)))
const webStream = () => new Blob([JSON_TEXT]).stream()

describe('finding 19: the body of an answer is parsed for a test of the application', () => {
  it.each<[string, () => unknown]>([
    ['a text', () => JSON_TEXT],
    ['an ArrayBuffer', () => bytes().buffer],
    ['bytes', bytes],
    ['a Buffer of Node', () => Buffer.from(JSON_TEXT)],
    ['a Blob', () => new Blob([JSON_TEXT])],
    ['a stream', webStream],
    ['a stream of Node', nodeStream],
  ])('where it is %s', async (_, body) => {
    expect((await withParsedBody(answer(body()))).data).toEqual(PARSED)
  })

  it('and the caller gets it whole', async () => {
    const blob = answer(new Blob([JSON_TEXT]))
    const web = answer(webStream())
    const node = answer(nodeStream())
    await Promise.all([blob, web, node].map(withParsedBody))

    expect(await blob.data.text()).toBe(JSON_TEXT)
    expect(await new Response(web.data).text()).toBe(JSON_TEXT)
    expect(typeof node.data.pipe).toBe('function')
    expect((await buffer(node.data)).equals(Buffer.from(JSON_TEXT))).toBe(true)
  })

  it('unless it is no JSON', async () => {
    const broken = '{"code":'
    for (const body of [broken, new Blob([broken]), Readable.from([Buffer.from(broken)])]) {
      expect((await withParsedBody(answer(body))).data).toBe(broken)
    }
  })
})

describe('a body that is left alone', () => {
  it.each<[string, () => unknown]>([
    ['a Blob', () => new Blob([JSON_TEXT])],
    ['bytes', bytes],
    ['a stream', webStream],
    ['a stream of Node', nodeStream],
  ])('is %s that nobody says is JSON', async (_, body) => {
    const response = answer(body(), 401, { 'content-type': 'application/pdf' })
    const { data } = response

    expect((await withParsedBody(response)).data).toBe(data)
    expect(response.data).toBe(data)
  })

  it('is a success that may be without an end', async () => {
    for (const body of [webStream(), nodeStream(), new Blob(['1'.repeat(70_000)])]) {
      const response = answer(body, 200)
      expect((await withParsedBody(response)).data).toBe(body)
      expect(response.data).toBe(body)
    }
  })

  it('is not a success that is short', async () => {
    expect((await withParsedBody(answer(webStream(), 200, { 'content-length': '40' }))).data).toEqual(PARSED)
  })
})

describe('a stream that breaks off', () => {
  const half = () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('{"co')
        throw new Error('the line is down')
      })(),
    )

  it('breaks off for the caller as well, after what had come', async () => {
    const response = answer(half())
    const seen = await withParsedBody(response)

    expect(seen.status).toBe(401)
    const got: string[] = []
    const reading = (async () => {
      for await (const chunk of response.data) got.push(String(chunk))
    })()
    await expect(reading).rejects.toThrow('the line is down')
    expect(got.join('')).toBe('{"co')
  })

  it('does no harm where nobody reads it', async () => {
    const response = answer(half())
    await withParsedBody(response)

    response.data.destroy()
    expect(await text(response.data).catch((error) => error.code ?? error.message)).toBeTruthy()
  })
})
