import axios, {
  type AxiosAdapter,
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  CanceledError,
  type InternalAxiosRequestConfig,
} from 'axios'
import type { Scheduler } from 'fast-check'
import { uptime } from '../../support/fake-time.ts'
import type { ModelServer, WireReply } from '../../support/model-server.ts'
import { type Fate, cutOff, ordinary } from './fates.ts'

/** One request on the wire. A replay is another one. */
export interface Sending {
  /** Which installation of the library sent it. */
  readonly visit: number
  /** With its query. */
  readonly path: string
  readonly authorization: string | null
  /** The refresh token in the body of a refresh or a logout. */
  readonly refreshToken: string | null
  /** The number of the request as its caller knows it; `null` where the library itself sends. */
  readonly request: number | null
  /** Whether its request had been sent before. */
  readonly isReplay: boolean
  /** All that has to be the same when it is sent again. */
  readonly shape: string
  /** `'lost'`: the client gave up on it. */
  state: 'pending' | 'answered' | 'lost'
  /** What the client got. */
  reply: WireReply | 'cut off' | 'not connected' | null
  /** When the client was through with it, on the monotonic clock. */
  concludedAt: number
}

/** Whether the client was told that the token is not let in, rather than that it may not do this. */
export function isTokenRefused({ reply }: Sending): boolean {
  if (reply === null || typeof reply !== 'object' || reply.status !== 401) return false
  return !reply.headers['www-authenticate']?.includes('insufficient_scope')
}

/** Hears of every request when it leaves and when the client is through with it. */
export interface WireObserver {
  sent(sending: Sending): void
  concluded(sending: Sending): void
}

const ORIGIN = 'https://api.test'

/** Between the client and the server: the scheduler decides when a request arrives and when its answer does. */
export class Wire {
  /** What the next refreshes meet. */
  readonly refreshFates: Fate[] = []
  /** What the next logouts meet. */
  readonly logoutFates: Fate[] = []
  readonly #scheduler: Scheduler
  readonly #server: ModelServer
  readonly #observer: WireObserver
  /** The requests that have been sent once. */
  readonly #known = new Set<string>()

  constructor(scheduler: Scheduler, server: ModelServer, observer: WireObserver) {
    this.#scheduler = scheduler
    this.#server = server
    this.#observer = observer
  }

  /** The adapter for the instances of one installation. */
  adapter(visit: number): AxiosAdapter {
    return (config) => (isAborted(config) ? Promise.reject(abortion(config)) : this.#send(visit, config))
  }

  #send(visit: number, config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const sending = read(visit, config, this.#known)
    const fate = this.#fateOf(sending.path)
    this.#observer.sent(sending)
    return new Promise((resolve, reject) => {
      const conclude = (state: 'answered' | 'lost', reply: Sending['reply']) => {
        if (sending.state !== 'pending') return
        release()
        Object.assign(sending, { state, reply, concludedAt: uptime() })
        this.#observer.concluded(sending)
        if (reply === null) reject(abortion(config))
        else settle(config, reply, resolve, reject)
      }
      const release = onAbort(config, () => conclude('lost', null))
      void this.#carry(sending, String(config.data ?? ''), fate, (reply) => conclude('answered', reply))
    })
  }

  /** Takes a request there, even where its client gives up meanwhile, and the answer back. */
  async #carry(
    sending: Sending,
    body: string,
    fate: Fate,
    deliver: (reply: NonNullable<Sending['reply']>) => void,
  ): Promise<void> {
    const label = [sending.path, sending.authorization, sending.refreshToken].filter(Boolean).join(' ')
    await this.#scheduler.schedule(Promise.resolve(), `${label} arrives`)
    const own = fate.reads === 'nothing' ? null : this.#server.receive({ ...sending, body }, fate.reads)
    const isRefused = own?.status === 400 && typeof fate.answer === 'object'
    const reply = own && (isRefused || fate.answer === 'its own') ? own : fate.answer
    if (reply === 'never' || reply === 'its own' || sending.state === 'lost') return
    const outcome = typeof reply === 'object' ? reply.status : reply
    await this.#scheduler.schedule(Promise.resolve(), `${label} gets ${outcome}`)
    deliver(reply)
  }

  #fateOf(path: string): Fate {
    if (path.includes('want=cut')) return cutOff
    if (path === '/auth/refresh') return this.refreshFates.shift() ?? ordinary
    if (path === '/auth/logout') return this.logoutFates.shift() ?? ordinary
    return ordinary
  }
}

function read(visit: number, config: InternalAxiosRequestConfig, known: Set<string>): Sending {
  const { baseURL = '', url = '', method, headers, data, params } = config
  const final = new URL(/^https?:/.test(url) ? url : `${baseURL}${url}`)
  const isOwn = final.origin === ORIGIN
  const path = isOwn ? `${final.pathname.replace(/^\/v\d/, '')}${final.search}` : final.href
  const { authorization = null, ...others } = lowerCased(headers)
  const number = others['x-request']
  const id = `${path} ${number ?? others['x-user']}`
  const isReplay = known.has(id)
  known.add(id)
  return {
    visit,
    path,
    authorization,
    refreshToken: /"refresh_token":"(.*?)"/.exec(typeof data === 'string' ? data : '')?.[1] ?? null,
    request: number === undefined ? null : Number(number),
    isReplay,
    shape: JSON.stringify({ method, url: final.href, params, others, body: bytesOf(data) }),
    state: 'pending',
    reply: null,
    concludedAt: 0,
  }
}

const lowerCased = (headers: AxiosHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers.toJSON()).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )

/** A body as it goes over a wire; a stream is used up by that. */
function bytesOf(data: unknown): string {
  if (data instanceof ReadableStream) {
    if (data.locked) return 'a stream that has been read'
    data.getReader()
    return 'a stream'
  }
  if (data instanceof ArrayBuffer) return `bytes ${Buffer.from(data).toString('hex')}`
  return String(data)
}

const isAborted = ({ signal, cancelToken }: InternalAxiosRequestConfig) =>
  Boolean(signal?.aborted ?? false) || cancelToken?.reason !== undefined

const abortion = (config: InternalAxiosRequestConfig) =>
  config.cancelToken?.reason ?? new CanceledError(undefined, config)

/** Hears of an abort until it is released, like every adapter of axios. */
function onAbort({ signal, cancelToken }: InternalAxiosRequestConfig, abort: () => void): () => void {
  const tokens = cancelToken as (typeof cancelToken & Subscribable) | undefined
  signal?.addEventListener?.('abort', abort)
  tokens?.subscribe(abort)
  return () => {
    signal?.removeEventListener?.('abort', abort)
    tokens?.unsubscribe(abort)
  }
}

/** What axios' `CancelToken` has besides what its type tells. */
interface Subscribable {
  subscribe(listener: () => void): void
  unsubscribe(listener: () => void): void
}

function settle(
  config: InternalAxiosRequestConfig,
  reply: NonNullable<Sending['reply']>,
  resolve: (response: AxiosResponse) => void,
  reject: (error: unknown) => void,
): void {
  if (reply === 'cut off') return reject(new AxiosError('socket hang up', 'ECONNRESET', config, {}))
  if (reply === 'not connected') return reject(new AxiosError('refused', 'ECONNREFUSED', config, {}))
  const { status, headers, body } = reply
  const response: AxiosResponse = {
    data: body,
    status,
    statusText: '',
    headers: new AxiosHeaders(headers),
    config,
    request: {},
  }
  if (config.validateStatus?.(status) ?? true) return resolve(response)
  const code = status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE
  reject(new AxiosError(`Request failed with status code ${status}`, code, config, {}, response))
}

/** An instance without a connection to the library, on another version of the same API. */
export const instanceOn = (adapter: AxiosAdapter, version: number) =>
  axios.create({ adapter, baseURL: `${ORIGIN}/v${version}` })
