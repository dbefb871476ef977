import { type AxiosAdapter, AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios'
import type { Fate } from '../../integration/model/fates.ts'
import type { ModelServer, WireReply } from '../model-server.ts'
import { recordingAdapter } from '../recording-adapter.ts'
import type { CookieShelf } from './cookie-shelf.ts'
import type { Latency } from './latency.ts'
import type { Tab } from './tab.ts'

/** One request of a tab, and what came back. */
export interface Exchange {
  readonly tab: Tab
  readonly path: string
  /** The access token, if any. */
  readonly access: string | null
  /** The refresh token, in the body or in a cookie. */
  readonly refresh: string | null
  /** `'lost'`: the tab gave up on it, or is gone. */
  state: 'pending' | 'answered' | 'lost'
  reply: WireReply | 'cut off' | 'not connected' | null
}

/** The way of all tabs to a server. */
export class SimulatedNetwork {
  /** All that was ever sent, in order. */
  readonly exchanges: Exchange[] = []
  /** What the next requests meet; by path. */
  readonly fates = new Map<string, Fate[]>()
  /** How much longer than others the next answers take, in ms; by path. */
  readonly #delays = new Map<string, number[]>()
  onSent: (exchange: Exchange) => void = () => {}
  onConcluded: (exchange: Exchange) => void = () => {}
  readonly #server: ModelServer
  readonly #latency: Latency
  readonly #cookies: CookieShelf | null

  constructor(server: ModelServer, latency: Latency, cookies: CookieShelf | null = null) {
    this.#server = server
    this.#latency = latency
    this.#cookies = cookies
  }

  /** The requests that were sent to a path. */
  to(path: string): Exchange[] {
    return this.exchanges.filter((exchange) => exchange.path === path)
  }

  /** What the next requests to a path meet. */
  meets(path: string, ...fates: Fate[]): void {
    this.fates.set(path, [...(this.fates.get(path) ?? []), ...fates])
  }

  /** Lets the next answer of a path take so much longer than others, in ms. */
  delays(path: string, ms: number): void {
    this.#delays.set(path, [...(this.#delays.get(path) ?? []), ms])
  }

  /** Lets everything go its ordinary way again. */
  calm(): void {
    this.fates.clear()
    this.#delays.clear()
  }

  adapter(tab: Tab): AxiosAdapter {
    return recordingAdapter(async (config) => {
      const { status, headers, body } = await this.#send(tab, config)
      return { status, headers, data: body }
    }).adapter
  }

  #send(tab: Tab, config: InternalAxiosRequestConfig): Promise<WireReply> {
    const { url = '', headers, signal } = config
    const path = new URL(url, 'https://api.test').pathname
    const authorization = headers.get('Authorization')
    const body = this.#cookies?.sent(path, config) ?? String(config.data ?? '')
    const exchange: Exchange = {
      tab,
      path,
      access: typeof authorization === 'string' ? authorization.replace('Bearer ', '') : this.#cookie(path),
      refresh: /"refresh_token":"(.*?)"/.exec(body)?.[1] ?? null,
      state: 'pending',
      reply: null,
    }
    const fate = this.fates.get(path)?.shift() ?? { reads: 'rotates', answer: 'its own' }
    return new Promise((resolve, reject) => {
      const conclude = (state: 'answered' | 'lost', reply: Exchange['reply']) => {
        if (exchange.state !== 'pending') return
        signal?.removeEventListener?.('abort', abort)
        Object.assign(exchange, { state, reply })
        this.onConcluded(exchange)
        if (reply === null) reject(new CanceledError(undefined, config))
        else if (typeof reply === 'object') resolve(reply)
        else reject(new AxiosError(reply, reply === 'cut off' ? 'ECONNRESET' : 'ECONNREFUSED', config))
      }
      const abort = () => conclude('lost', null)
      if (signal?.aborted) return abort()
      if (tab.state === 'gone') return
      signal?.addEventListener?.('abort', abort)
      this.exchanges.push(exchange)
      this.onSent(exchange)
      this.#carry(exchange, body, fate, (reply) => conclude('answered', reply))
    })
  }

  /** The access token that the browser adds by itself. */
  #cookie(path: string): string | null {
    return path === '/auth/login' ? null : (this.#cookies?.access ?? null)
  }

  /** Takes a request there, even where its tab gives up meanwhile, and the answer back. */
  #carry(
    exchange: Exchange,
    body: string,
    { reads, answer }: Fate,
    deliver: (reply: NonNullable<Exchange['reply']>) => void,
  ): void {
    const { tab, path, access } = exchange
    const authorization = access && `Bearer ${access}`
    const delay = this.#delays.get(path)?.shift() ?? 0
    setTimeout(() => {
      const own = reads === 'nothing' ? null : this.#server.receive({ path, authorization, body }, reads)
      const isRefused = own?.status === 400 && typeof answer === 'object'
      const reply = own && (isRefused || answer === 'its own') ? own : answer
      if (reply === 'never' || reply === 'its own') return
      setTimeout(
        () => {
          if (exchange.state === 'lost') return
          const kept = typeof reply === 'object' ? (this.#cookies?.received(path, reply) ?? reply) : reply
          tab.receive(() => deliver(kept))
        },
        delay + this.#latency('network'),
      )
    }, this.#latency('network'))
  }

  /** A tab is gone, with all that it waited for. */
  close(tab: Tab): void {
    for (const exchange of this.exchanges) {
      if (exchange.tab !== tab || exchange.state !== 'pending') continue
      exchange.state = 'lost'
      this.onConcluded(exchange)
    }
  }
}
