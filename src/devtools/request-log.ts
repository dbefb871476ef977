import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { isAuthError } from '../errors.ts'
import { labelOfRequest } from './path.ts'
import type { RefreshLog } from './refresh-log.ts'
import type { Timeline } from './timeline.ts'

/** A request that its caller still waits for. */
export interface OpenRequest {
  /** Method and path. */
  readonly label: string
  readonly since: number
  /** How often it went out. */
  sent: number
  isOnTheWay: boolean
  /** The refresh it waits for. */
  group: string | undefined
}

/** The requests of an identity. */
export interface RequestLog {
  /** Those that wait for a refresh. */
  readonly waiting: OpenRequest[]
}

/** An installation whose way to send may be replaced by one that can be seen. */
export interface WatchedInstallation {
  send: (instance: AxiosInstance, config: InternalAxiosRequestConfig) => Promise<AxiosResponse>
}

/** The adapter a request would have used by itself. */
export type AdapterOf = (config: InternalAxiosRequestConfig) => AxiosAdapter

/** Tells what becomes of requests. */
function createRequestTimeline(refreshes: RefreshLog, { say }: Timeline) {
  return {
    waits(request: OpenRequest, groupId: string): void {
      request.group = groupId
      say({ title: 'Waits', subtitle: request.label, groupId })
    },
    goesOut(request: OpenRequest): void {
      const { group: groupId, label: subtitle, since } = request
      request.sent++
      request.isOnTheWay = true
      if (groupId === undefined) return
      const title = request.sent > 1 ? 'Replay' : 'Sent'
      say({ title, subtitle, groupId, data: { waitedMs: Date.now() - since } })
      request.group = undefined
    },
    fails({ label, group }: OpenRequest, error: unknown): void {
      if (!isAuthError(error)) return
      const { code } = error
      say({
        title: 'Error',
        subtitle: `${code} · ${label}`,
        groupId: group ?? refreshes.lastGroup,
        logType: 'error',
        data: { code, request: label },
      })
    },
  }
}

/** Watches the requests of an identity: which of them wait, are sent again, and fail because of the session. */
export function createRequestLog(
  installation: WatchedInstallation,
  adapterOf: AdapterOf,
  refreshes: RefreshLog,
  timeline: Timeline,
): RequestLog {
  const open = new Set<OpenRequest>()
  const tell = createRequestTimeline(refreshes, timeline)
  const { send } = installation

  /** Whoever is not on the way while a refresh is pending waits for it. */
  function look(): void {
    const { pending } = refreshes
    if (!pending) return
    for (const request of open) {
      if (request.isOnTheWay || request.group === pending.group) continue
      tell.waits(request, pending.group)
    }
  }

  /** In a turn of its own: by then it shows whether an answer was accepted, or calls for a refresh. */
  const lookSoon = () => void setTimeout(look)

  const watched =
    (request: OpenRequest, adapter: AxiosAdapter): AxiosAdapter =>
    async (config) => {
      tell.goesOut(request)
      try {
        return await adapter(config)
      } finally {
        request.isOnTheWay = false
        lookSoon()
      }
    }

  installation.send = async (instance, config) => {
    const request: OpenRequest = {
      label: labelOfRequest(config),
      since: Date.now(),
      sent: 0,
      isOnTheWay: false,
      group: undefined,
    }
    open.add(request)
    lookSoon()
    try {
      return await sendWatched(request, instance, config)
    } catch (error) {
      tell.fails(request, error)
      throw error
    } finally {
      open.delete(request)
      timeline.changed()
    }
  }

  /** The adapter is taken off the config in the turn in which it was put there: nobody else gets to see it. */
  function sendWatched(request: OpenRequest, instance: AxiosInstance, config: InternalAxiosRequestConfig) {
    const given = Object.getOwnPropertyDescriptor(config, 'adapter')
    config.adapter = watched(request, adapterOf(config))
    try {
      return send(instance, config)
    } finally {
      if (given) Object.defineProperty(config, 'adapter', given)
      else delete config.adapter
    }
  }

  refreshes.onRefresh(lookSoon)

  return {
    get waiting() {
      return [...open].filter(({ group, isOnTheWay }) => group !== undefined && !isOnTheWay)
    },
  }
}
