import axios, {
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios'

/** A request as it left the page. */
export interface Departure {
  method: string
  /** Without the base of the API. */
  path: string
  /** Whether cookies went along. */
  credentials: boolean
  authorization: string | undefined
}

interface Cookie {
  value: string
  path: string
}

/**
 * What a browser does for the pages of one profile, around Node's network: keeps cookies (HttpOnly ones too), sends them
 * where a request asks for that, and repeats the XSRF cookie in a header.
 */
export class CookieJar {
  readonly departures: Departure[] = []
  /** Runs before a request leaves; it may take its time, or fail the request. */
  before: (departure: Departure) => unknown = () => undefined
  readonly #cookies = new Map<string, Cookie>()

  /** The value of a cookie. */
  get(name: string): string | undefined {
    return this.#cookies.get(name)?.value
  }

  /** Loses a cookie, as one that has expired. */
  forget(name: string): void {
    this.#cookies.delete(name)
  }

  /** The names of the cookies. */
  get names(): string[] {
    return [...this.#cookies.keys()]
  }

  /** The requests that left for a path. */
  to(path: string): Departure[] {
    return this.departures.filter((departure) => departure.path === path)
  }

  readonly adapter: AxiosAdapter = async (config) => {
    const departure = departureOf(config)
    this.departures.push(departure)
    await this.before(departure)
    const { withCredentials: credentials = false } = config
    const headers = credentials ? this.#withCookies(config) : config.headers
    try {
      const response = await axios.getAdapter('http')({ ...config, headers })
      if (credentials) this.#keep(response)
      return response
    } catch (error) {
      if (credentials && isAxiosError(error) && error.response) this.#keep(error.response)
      throw error
    }
  }

  #withCookies(config: InternalAxiosRequestConfig): AxiosHeaders {
    const { pathname } = new URL(axios.getUri(config))
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path))
    const headers = new AxiosHeaders(config.headers)
    if (sent.length > 0) headers.set('Cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '))
    const xsrf = this.get(config.xsrfCookieName ?? '')
    if (xsrf !== undefined) headers.set(config.xsrfHeaderName ?? '', xsrf)
    return headers
  }

  #keep({ headers }: AxiosResponse): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split(/; */)
      const [name = '', value = ''] = pair.split('=')
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.#cookies.delete(name)
      else this.#cookies.set(name, { value, path })
    }
  }
}

function departureOf(config: InternalAxiosRequestConfig): Departure {
  const { method = 'get', url: path = '', withCredentials: credentials = false, headers } = config
  const authorization = headers.get('Authorization')
  return {
    method: method.toUpperCase(),
    path,
    credentials,
    authorization: typeof authorization === 'string' ? authorization : undefined,
  }
}
