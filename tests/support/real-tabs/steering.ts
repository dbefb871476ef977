import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Arrival, type Order, type Report, steer } from './steered-page.ts'

/** How long a page may take for an order, or to arrive, in ms: machines are slow, and tabs are many. */
const PATIENCE = 30_000

/** One tab's line to the test. */
interface Line {
  stream: ServerResponse | undefined
  /** Who waits for the next page to arrive. */
  arrivals: Array<(arrival: Arrival) => void>
  reports: Map<number, (report: Report) => void>
}

/** Tells pages what to do, on an origin of its own: a browser keeps few connections to each. */
export class Steering {
  /** What the pages have written as a warning or an error, and what they have thrown. */
  readonly complaints: string[] = []
  readonly #server = createServer((request, response) => void this.#listen(request, response))
  readonly #lines = new Map<string, Line>()
  #orders = 0

  static async start(): Promise<Steering> {
    const steering = new Steering()
    steering.#server.listen(0, '127.0.0.1')
    await once(steering.#server, 'listening')
    return steering
  }

  /** What a page has to run before anything else. */
  get script(): string {
    const { port } = this.#server.address() as AddressInfo
    return `(${steer})('http://127.0.0.1:${port}')`
  }

  /** Names a further tab. */
  createTab(): string {
    const name = String(this.#lines.size + 1)
    this.#lines.set(name, { stream: undefined, arrivals: [], reports: new Map() })
    return name
  }

  /** Resolves when the next page takes orders in a tab. */
  arrival(tab: string): Promise<Arrival> {
    const { promise, resolve } = Promise.withResolvers<Arrival>()
    this.#lines.get(tab)!.arrivals.push(resolve)
    return inTime(promise, `No page has come up in tab ${tab}`)
  }

  /** Resolves with what a page reports of an order. */
  async order(tab: string, order: Omit<Order, 'id'>): Promise<unknown> {
    const { stream, reports } = this.#lines.get(tab)!
    const id = ++this.#orders
    const { promise, resolve } = Promise.withResolvers<Report>()
    reports.set(id, resolve)
    stream?.write(`data: ${JSON.stringify({ ...order, id })}\n\n`)
    const { value, error } = await inTime(promise, `Tab ${tab} does not answer`).finally(() =>
      reports.delete(id),
    )
    if (error !== undefined) throw new Error(`In tab ${tab}: ${error}`)
    return value
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #listen(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://steering')
    const [, what, tab = ''] = pathname.split('/')
    response.setHeader('Access-Control-Allow-Origin', '*')
    const line = this.#lines.get(tab)
    if (what === 'orders' && line) return this.#connect(line, response, searchParams)
    const body: unknown = JSON.parse((await text(request)) || 'null')
    response.end()
    if (what === 'complain') this.complaints.push(String(body))
    if (what === 'report') line?.reports.get((body as Report).id)?.(body as Report)
  }

  #connect(line: Line, response: ServerResponse, arrival: URLSearchParams): void {
    response.setHeader('Content-Type', 'text/event-stream')
    response.flushHeaders()
    line.stream = response
    const page = { path: arrival.get('path') ?? '', isKept: arrival.has('kept') }
    for (const resolve of line.arrivals.splice(0)) resolve(page)
  }
}

async function inTime<Value>(promise: Promise<Value>, failure: string): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${failure} within ${PATIENCE / 1_000} s.`)), PATIENCE)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
