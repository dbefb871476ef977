import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** A request as it came, and when. */
export interface Passed {
  readonly method: string
  readonly path: string
  /** The access token, if it carried one. */
  readonly token: string | undefined
  /** In ms since the epoch. */
  readonly at: number
  /** 0 as long as there is no answer. */
  status: number
}

/** A refresh that is held: before the server gets it, or when its answer is ready. */
export interface Hold {
  /** Resolves once a refresh is held here. */
  readonly reached: Promise<void>
  /** Lets it go on; one whose client has gone meanwhile never gets to the server. */
  release(): void
}

interface Barrier extends Hold {
  readonly phase: 'before' | 'after'
  readonly released: Promise<void>
  reach(): void
}

/** Stands between a server and its clients: takes down what passes, and holds refreshes. */
export class Checkpoint {
  readonly passed: Passed[] = []
  /** Every token that the server has given out. */
  readonly tokens = new Set<string>()
  readonly #barriers: Barrier[] = []
  readonly #listener: RequestListener
  readonly #refreshPath: string

  constructor(listener: RequestListener, refreshPath: string) {
    this.#listener = listener
    this.#refreshPath = refreshPath
  }

  /** Holds the next refresh; each call holds one. */
  hold(phase: 'before' | 'after'): Hold {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const barrier: Barrier = { phase, reached, reach, released, release }
    this.#barriers.push(barrier)
    return barrier
  }

  /** Lets everything go on that is held. */
  releaseAll(): void {
    for (const { release } of this.#barriers) release()
    this.#barriers.length = 0
  }

  /** The requests that came for a path. */
  to(path: string): Passed[] {
    return this.passed.filter((request) => request.path === path && request.method !== 'OPTIONS')
  }

  readonly listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', headers } = request
    const [path = ''] = (request.url ?? '').split('?')
    const [, token] = (headers.authorization ?? '').split(' ')
    const passed: Passed = { method, path, token, at: Date.now(), status: 0 }
    this.passed.push(passed)
    const isRefresh = method === 'POST' && path === this.#refreshPath
    const barrier = isRefresh ? this.#barriers.find((each) => !this.#taken.has(each)) : undefined
    if (barrier) this.#taken.add(barrier)
    this.#watch(response, passed, barrier?.phase === 'after' ? barrier : undefined)
    if (barrier?.phase === 'before') {
      barrier.reach()
      await barrier.released
      if (request.socket.destroyed) return
    }
    this.#listener(request, response)
  }

  readonly #taken = new WeakSet<Barrier>()

  /** Answers are small: each is gathered, read, and sent in one piece. */
  #watch(response: ServerResponse, passed: Passed, barrier: Barrier | undefined): void {
    const end = response.end.bind(response) as (body: Buffer) => ServerResponse
    const chunks: Uint8Array[] = []
    const gather = (args: unknown[]) => {
      const [chunk] = args
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string))
    }
    response.write = ((...args: unknown[]) => {
      gather(args)
      const done = args.at(-1)
      if (typeof done === 'function') queueMicrotask(() => done())
      return true
    }) as ServerResponse['write']
    response.end = ((...args: unknown[]) => {
      gather(args)
      const body = Buffer.concat(chunks)
      passed.status = response.statusCode
      this.note(parse(body.toString()))
      if (!barrier) return end(body)
      barrier.reach()
      void barrier.released.then(() => end(body))
      return response
    }) as ServerResponse['end']
  }

  /** Takes down the tokens in an answer. */
  note(reply: Record<string, unknown>): void {
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      const token = reply[name]
      if (typeof token === 'string') this.tokens.add(token)
    }
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {} // no JSON, no tokens
  }
}
