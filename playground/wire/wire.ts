import axios, { type AxiosAdapter, AxiosHeaders, type AxiosInstance } from 'axios'
import type { InjectionKey, ShallowRef } from 'vue'
import type { Call, CallKind } from './call.ts'
import { type Traced, createRecorder } from './recorder.ts'

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

/** Makes a wire to the API at a base URL. */
export function createWire(baseURL: string): Wire {
  const { begin, end, calls, latest, separate, clear } = createRecorder(baseURL)
  const send = axios.getAdapter('xhr')
  let lastTrace = 0

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
      config.trace ??= { id: ++lastTrace, wantedAt: performance.now() }
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

  return { settings, mark, follow, calls, latest, separate, clear }
}
