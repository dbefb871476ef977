import { AxiosHeaders, type AxiosResponse } from 'axios'

/** The most bytes of an answer that are read ahead of its caller, where it says how long it is. */
const MOST_BYTES = 65_536

/**
 * An answer as a test of the application is to see it: with the parsed body where that is JSON. An adapter's answer is
 * still raw: a text, bytes, a Blob, or a stream. A stream that was read is replaced, so that the caller finds it whole.
 */
export function withParsedBody(response: AxiosResponse): AxiosResponse | Promise<AxiosResponse> {
  const { data } = response
  if (typeof data !== 'object' || data === null || !isJson(response))
    return seen(response, () => jsonOf(data))
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) {
    return seen(response, () => jsonOf(new TextDecoder().decode(data as AllowSharedBufferSource)))
  }
  const text = textOf(response)
  if (!text) return response
  return text.then(
    (read) => seen(response, () => jsonOf(read)),
    () => response, // an answer that broke off: the caller finds that out as well
  )
}

/** Parses a body when it is asked for: most tests look at the status alone. */
function seen(response: AxiosResponse, parse: () => unknown): AxiosResponse {
  return {
    ...response,
    get data() {
      return parse()
    },
  }
}

function jsonOf(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data // not JSON: the text itself is all there is
  }
}

const headerOf = ({ headers }: AxiosResponse, name: string) =>
  String(AxiosHeaders.from(headers as AxiosHeaders).get(name) ?? '')

const isJson = (response: AxiosResponse) => /[/+]json\b/i.test(headerOf(response, 'content-type'))

/** The text of a Blob or a stream; `undefined` where it cannot be had without harm. */
function textOf(response: AxiosResponse): Promise<string> | undefined {
  const { data, status } = response
  const bytes = Number(data.size ?? (headerOf(response, 'content-length') || Infinity))
  // An error says why; a success may be without an end.
  if (status < 400 && bytes > MOST_BYTES) return undefined
  if (typeof data.text === 'function') return data.text()
  if (typeof data.tee === 'function') return textOfWebStream(response)
  if (typeof data.pipe === 'function') return textOfNodeStream(response)
  return undefined
}

function textOfWebStream(response: AxiosResponse<ReadableStream>): Promise<string> {
  const [ours, theirs] = response.data.tee()
  response.data = theirs
  return new Response(ours).text()
}

/** Reads a stream of Node, and puts one that gives the same in its place. */
function textOfNodeStream(response: AxiosResponse<AsyncIterable<Uint8Array>>): Promise<string> | undefined {
  // Only Node has such a stream, and no browser's bundle is to have Node's module.
  const { Readable } = globalThis.process?.getBuiltinModule?.('node:stream') ?? {}
  if (!Readable) return undefined
  const { data } = response
  const chunks: Uint8Array[] = []
  const reading = readInto(chunks, data)
  const again = async function* () {
    await reading.catch(() => {}) // what came before it broke off is the caller's
    yield* chunks
    await reading
  }
  response.data = Readable.from(again(), { objectMode: false })
  return reading
}

async function readInto(chunks: Uint8Array[], stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    chunks.push(chunk)
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  }
  return text
}
