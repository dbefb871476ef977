import { describe, expect, test } from 'vitest'
import { commands } from 'vitest/browser'
import type { StrictArrival } from '../support/strict-api.ts'
import { STALE, visitStrict } from '../support/strict-visit.ts'

const BYTES = Uint8Array.from({ length: 5_000 }, (_, index) => index % 251)

function form(): FormData {
  const data = new FormData()
  data.append('note', 'smörgåsbord')
  data.append('note', 'twice')
  data.append('file', new File([BYTES], 'readings.bin', { type: 'application/x-readings' }))
  data.append('blob', new Blob(['plain'], { type: 'text/plain' }))
  return data
}

/** Bodies that are sent as they are, and what of them is to arrive. */
const BODIES: { name: string; body: unknown; bytes: BodyInit }[] = [
  { name: 'an object', body: { a: [1, 'ü', null] }, bytes: '{"a":[1,"ü",null]}' },
  { name: 'a string', body: 'naïve', bytes: 'naïve' },
  { name: 'URLSearchParams', body: new URLSearchParams({ q: 'a b&c' }), bytes: 'q=a+b%26c' },
  { name: 'a Blob', body: new Blob([BYTES], { type: 'image/png' }), bytes: BYTES },
  { name: 'a File', body: new File([BYTES], 'a.bin', { type: 'application/x-readings' }), bytes: BYTES },
  { name: 'an ArrayBuffer', body: BYTES.slice().buffer, bytes: BYTES },
  { name: 'a typed array', body: BYTES, bytes: BYTES },
]

describe.for(['xhr', 'fetch'] as const)('a replay by the %s adapter', (adapter) => {
  /** Sends a body under a stale token, and tells how it arrived, first and again. */
  async function arrivals(name: string, body: unknown): Promise<[StrictArrival, StrictArrival]> {
    const path = `/upload/${adapter}/${encodeURIComponent(name)}`
    const { auth } = await visitStrict({ axios: { adapter }, storage: 'memory' })

    await auth.http.post(path, body)

    const [first, second, ...others] = await commands.strictArrivals(path)
    expect(others).toEqual([])
    expect(first).toMatchObject({ status: 401, authorization: `Bearer ${STALE}` })
    expect(second).toMatchObject({ status: 200, authorization: expect.stringMatching(/^Bearer AT-\d+-2$/) })
    return [first, second] as [StrictArrival, StrictArrival]
  }

  test.for(BODIES)('sends $name again byte for byte', async ({ name, body, bytes }) => {
    const [first, second] = await arrivals(name, body)

    expect(await bytesOf(first)).toEqual(await bytesOf(bytes))
    expect(second.body).toBe(first.body)
    expect(second.contentType).toBe(first.contentType)
  })

  test('sends FormData again with equal parts, files among them', async () => {
    const [first, second] = await arrivals('FormData', form())

    expect(await partsOf(first)).toEqual(await partsOf(form()))
    expect(await partsOf(second)).toEqual(await partsOf(form()))
  })
})

const bytesOf = async (from: StrictArrival | BodyInit): Promise<number[]> => [
  ...new Uint8Array(await (isArrival(from) ? responseOf(from) : new Response(from)).arrayBuffer()),
]

/** The parts of a form: their names, and what they hold. */
async function partsOf(from: StrictArrival | FormData): Promise<unknown[]> {
  const data = from instanceof FormData ? from : await responseOf(from).formData()
  const parts = [...data].map(async ([name, value]) => {
    if (typeof value === 'string') return [name, value]
    return [name, value.name, value.type, await bytesOf(value)]
  })
  return Promise.all(parts)
}

function responseOf({ body, contentType = '' }: StrictArrival): Response {
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
  return new Response(bytes, { headers: { 'Content-Type': contentType } })
}

const isArrival = (value: StrictArrival | BodyInit): value is StrictArrival =>
  typeof value === 'object' && 'contentType' in value
