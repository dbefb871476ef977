import axios, { type AxiosAdapter, type AxiosResponse, isAxiosError } from 'axios'

/** A request as it left for the network, and what came back. */
export interface Departure {
  /** Its place among all that was noted. */
  readonly order: number
  readonly url: string
  readonly token: string | null
  readonly body: unknown
  /** In ms of the monotonic clock. */
  readonly left: number
  /** When it ended one way or another; `null` while it is on its way. */
  back: number | null
  /** `null` where there was no answer. */
  status: number | null
  reply: unknown
}

/** The wire between a client and its server, with a record of all that goes over it. */
export class Wire {
  readonly departures: Departure[] = []
  #order = 0

  /** The next place in the order of events. */
  tick(): number {
    return ++this.#order
  }

  readonly adapter: AxiosAdapter = async (config) => {
    const authorization = String(config.headers.get('Authorization') ?? '')
    const departure: Departure = {
      order: this.tick(),
      url: config.url ?? '',
      token: authorization.split(' ')[1] ?? null,
      body: config.data,
      left: performance.now(),
      back: null,
      status: null,
      reply: undefined,
    }
    this.departures.push(departure)
    const note = ({ status, data }: AxiosResponse) => Object.assign(departure, { status, reply: data })
    try {
      const response = await axios.getAdapter('http')(config)
      note(response)
      return response
    } catch (error) {
      if (isAxiosError(error) && error.response) note(error.response)
      throw error
    } finally {
      departure.back = performance.now()
    }
  }

  /** What left for a path, in order. */
  to(prefix: string): Departure[] {
    return this.departures.filter(({ url }) => url.startsWith(prefix))
  }
}
