import {
  AxiosError,
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import type { Tokens } from '../contestant.ts'
import { Sessions } from '../process/sessions.ts'

const BODY = JSON.stringify({ items: [1, 2, 3], of: 'a resource' })

/** A request that waits for its answer. */
interface Held {
  config: InternalAxiosRequestConfig
  resolve(answer: Promise<AxiosResponse>): void
}

/** The same server without a network: it answers from within the process. */
export class MemoryServer {
  readonly url = 'http://api.example.com'
  // What the server remembers is not to be weighed with what a client does.
  readonly #sessions = new Sessions(10)
  /** Answers that wait to be let go; none while it is not set. */
  #held: Held[] | null = null
  /** Which requests are held. */
  #holds: (path: string) => boolean = () => false

  readonly adapter: AxiosAdapter = (config) => {
    const path = config.url ?? ''
    if (!this.#held || !this.#holds(path)) return this.#answer(config)
    // As little as an adapter can hold of a request: what a client adds is measured against it.
    return new Promise((resolve) => this.#held?.push({ config, resolve }))
  }

  grant(lifetime: number): Tokens {
    return this.#sessions.grant(lifetime)
  }

  expire(): void {
    this.#sessions.expire()
  }

  /** Keeps answers back until they are let go. */
  hold(holds: (path: string) => boolean): void {
    this.#held = []
    this.#holds = holds
  }

  letGo(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const { config, resolve } of held) resolve(this.#answer(config))
  }

  async #answer(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    if (config.url?.endsWith('/auth/refresh')) {
      const reply = this.#sessions.refresh(JSON.parse(String(config.data)).refresh_token)
      return settle(config, reply ? 200 : 400, JSON.stringify(reply ?? { error: 'invalid_grant' }))
    }
    const isLetIn = this.#sessions.letsIn(config.headers.Authorization as string | undefined)
    return settle(config, isLetIn ? 200 : 401, isLetIn ? BODY : '{"error":"unauthorized"}')
  }
}

/** What axios' own adapters make of an answer. */
function settle(config: InternalAxiosRequestConfig, status: number, data: string): AxiosResponse {
  const headers = new AxiosHeaders({ 'content-type': 'application/json' })
  const response: AxiosResponse = { data, status, statusText: '', headers, config, request: {} }
  if (!config.validateStatus || config.validateStatus(status)) return response
  throw new AxiosError(
    `Request failed with status code ${status}`,
    AxiosError.ERR_BAD_REQUEST,
    config,
    {},
    response,
  )
}
