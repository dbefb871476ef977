import axios, {
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
} from 'axios'
import { type InjectionKey, type ShallowRef, shallowRef } from 'vue'
import type { Call, CallKind } from './call.ts'

/** The record of all that axios instances send. */
export interface Wire {
  /**
   * Settings of an instance that is recorded where its adapter is; that is below every interceptor, so nothing is sent
   * past it. The calls of an identity beside the page's own bear its name.
   */
  settings(identity?: string): WireSettings
  /** Lets the calls of an instance be told apart: a replay from a request of its own. */
  mark(http: AxiosInstance): void
  /** Records the `fetch`es of a path as well, OAuth libraries do not go through axios; says what one begun then is. */
  follow(path: string, kindAt: (startedAt: number) => CallKind): void
  /** The newest calls, oldest first. */
  calls: Readonly<ShallowRef<readonly Call[]>>
  /** The same, up to this moment: `calls` follows a few times a second. */
  latest(): readonly Call[]
  /** Begins another burst with the next call, however short the silence was. */
  separate(): void
  clear(): void
}

/** What it takes to be recorded. */
export interface WireSettings {
  baseURL: string
  adapter: AxiosAdapter
}

/** Provides the wire to components. */
export const wireKey: InjectionKey<Wire> = Symbol('wire')

interface Traced extends InternalAxiosRequestConfig {
  trace?: { id: number; wantedAt: number }
}

const REFRESH = /^\/auth\/(?:(?:cookie|session)\/)?refresh$/
const OPEN = /^\/auth\/(?!me)/
const MOST_CALLS = 3_000
/** In ms. A silence this long separates two bursts. */
const SILENCE = 700
/** In ms. Thousands of calls need no more than a few paintings a second. */
const PAINT_EVERY = 80

/** Makes a wire to the API at a base URL. */
export function createWire(baseURL: string): Wire {
  const calls = shallowRef<readonly Call[]>([])
  const send = axios.getAdapter('xhr')
  let kept: Call[] = []
  const lastIds = { call: 0, trace: 0, burst: 0 }
  let pending = 0
  let busyUntil = -Infinity
  let painting: ReturnType<typeof setTimeout> | undefined

  function paint(): void {
    painting ??= setTimeout(() => {
      painting = undefined
      kept = kept.slice(-MOST_CALLS)
      calls.value = kept.slice()
    }, PAINT_EVERY)
  }

  function begin(config: Traced, identity: string | undefined): Call {
    const now = performance.now()
    if (pending === 0 && now - busyUntil > SILENCE) lastIds.burst++
    const { trace } = config
    const earlier = trace && kept.findLast((call) => call.trace === trace.id)
    const path = pathOf(axios.getUri(config), baseURL)
    const token = tokenOf(config)
    const call: Call = {
      id: ++lastIds.call,
      kind: earlier ? 'replay' : kindOf(path, config),
      identity,
      trace: trace?.id,
      burst: lastIds.burst,
      method: (config.method ?? 'get').toUpperCase(),
      path,
      token,
      wantedAt: earlier?.endedAt ?? trace?.wantedAt ?? now,
      sentAt: now,
      endedAt: undefined,
      outcome: undefined,
    }
    pending++
    kept.push(call)
    paint()
    return call
  }

  function end(call: Call, outcome: number | string): void {
    pending--
    busyUntil = performance.now()
    call.endedAt = busyUntil
    call.outcome = outcome
    paint()
  }

  function settings(identity?: string): WireSettings {
    const adapter: AxiosAdapter = async (config) => {
      const call = begin(config, identity)
      try {
        const response = await send(config)
        end(call, response.status)
        return response
      } catch (error) {
        const failure = axios.isAxiosError(error) ? error : undefined
        end(call, failure?.response?.status ?? failure?.code ?? 'failed')
        throw error
      }
    }
    return { baseURL, adapter }
  }

  // Interceptors run once for a request and its replay: two calls with one trace are the same request.
  function mark(http: AxiosInstance): void {
    http.interceptors.request.use((config: Traced) => {
      // A config that is sent again has its trace already.
      config.trace ??= { id: ++lastIds.trace, wantedAt: performance.now() }
      return config
    })
  }

  function follow(path: string, kindAt: (startedAt: number) => CallKind): void {
    new PerformanceObserver((list) => {
      const entries = list.getEntries() as PerformanceResourceTiming[]
      for (const entry of entries.filter(({ name }) => new URL(name).pathname === path)) {
        const call = begin({ method: 'post', url: path, headers: new AxiosHeaders() }, undefined)
        end(call, entry.responseStatus || 'failed')
        const { startTime } = entry
        Object.assign(call, { kind: kindAt(startTime), wantedAt: startTime, sentAt: startTime })
        call.endedAt = entry.responseEnd
      }
    }).observe({ type: 'resource' })
  }

  function separate(): void {
    busyUntil = -Infinity
  }

  function clear(): void {
    kept = []
    paint()
  }

  return { settings, mark, follow, calls, latest: () => kept, separate, clear }
}

/** Without the base of the API, if that is where it goes. */
function pathOf(url: string, baseURL: string): string {
  return url.startsWith(baseURL) ? url.slice(baseURL.length) : url
}

function tokenOf(config: InternalAxiosRequestConfig): string | undefined {
  const header = config.headers.get('Authorization')
  return typeof header === 'string' ? header.slice(-4) : undefined
}

/** With cookies a request carries its token where no script sees it. */
function kindOf(path: string, { withAuth }: InternalAxiosRequestConfig): CallKind {
  if (path.startsWith('/debug/')) return 'debug'
  if (REFRESH.test(path)) return 'refresh'
  return withAuth === false || OPEN.test(path) ? 'open' : 'request'
}
