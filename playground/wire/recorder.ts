import axios, { type InternalAxiosRequestConfig } from 'axios'
import { type ShallowRef, shallowRef } from 'vue'
import type { Call, CallKind } from './call.ts'

/** A config that tells which request it is of. */
export interface Traced extends InternalAxiosRequestConfig {
  trace?: { id: number; wantedAt: number }
}

const REFRESH = /^\/auth\/(?:(?:cookie|session)\/)?refresh$/
const OPEN = /^(?:\/bff\/api)?\/auth\/(?!me)/
const MOST_CALLS = 3_000
/** In ms. A silence this long separates two bursts. */
const SILENCE = 700
/** In ms. Thousands of calls need no more than a few paintings a second. */
const PAINT_EVERY = 80

/** Takes down calls as they begin and end. */
export interface Recorder {
  begin(config: Traced, identity: string | undefined): Call
  end(call: Call, outcome: number | string): void
  /** The newest calls, oldest first, a few times a second. */
  calls: Readonly<ShallowRef<readonly Call[]>>
  /** The same, up to this moment. */
  latest(): readonly Call[]
  separate(): void
  clear(): void
}

/** Makes a recorder of calls to the API at a base URL. */
export function createRecorder(baseURL: string): Recorder {
  const calls = shallowRef<readonly Call[]>([])
  let kept: Call[] = []
  const lastIds = { call: 0, burst: 0 }
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

  function separate(): void {
    busyUntil = -Infinity
  }

  function clear(): void {
    kept = []
    paint()
  }

  return { begin, end, calls, latest: () => kept, separate, clear }
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
