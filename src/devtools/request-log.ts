import axios, {
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import { isAuthError } from '../errors.ts'
import { labelOfRequest } from './path.ts'
import type { SessionLog } from './session-log.ts'
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

/** Watches the requests of an identity: which of them wait, are sent again, and fail because of the session. */
export function createRequestLog(
  installation: WatchedInstallation,
  session: SessionLog,
  { say, changed }: Timeline,
): RequestLog {
  const open = new Set<OpenRequest>()
  const { send } = installation

  /** Whoever is not on the way while a refresh is pending waits for it. */
  function look(): void {
    const { pending } = session
    if (!pending) return
    for (const request of open) {
      if (request.isOnTheWay || request.group === pending.group) continue
      request.group = pending.group
      say({ title: 'Waits', subtitle: request.label, groupId: pending.group })
    }
  }

  /** In a turn of its own: by then it shows whether an answer was accepted, or calls for a refresh. */
  const lookSoon = () => void setTimeout(look)

  const watched =
    (request: OpenRequest, adapter: AxiosAdapter): AxiosAdapter =>
    async (config) => {
      request.sent++
      request.isOnTheWay = true
      if (request.group) tellOfSending(request, request.group)
      try {
        return await adapter(config)
      } finally {
        request.isOnTheWay = false
        lookSoon()
      }
    }

  function tellOfSending(request: OpenRequest, groupId: string): void {
    const title = request.sent > 1 ? 'Replay' : 'Sent'
    say({ title, subtitle: request.label, groupId, data: { waitedMs: Date.now() - request.since } })
    request.group = undefined
  }

  function tellOfError(request: OpenRequest, error: unknown): void {
    if (!isAuthError(error)) return
    say({
      title: 'Error',
      subtitle: `${error.code} · ${request.label}`,
      groupId: request.group ?? session.lastGroup,
      logType: 'error',
      data: { code: error.code, request: request.label },
    })
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
      tellOfError(request, error)
      throw error
    } finally {
      open.delete(request)
      changed()
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

  session.onRefresh(lookSoon)

  return {
    get waiting() {
      return [...open].filter(({ group, isOnTheWay }) => group !== undefined && !isOnTheWay)
    },
  }
}

function adapterOf(config: InternalAxiosRequestConfig): AxiosAdapter {
  const { adapter } = config
  return typeof adapter === 'function' ? adapter : axios.getAdapter(adapter || axios.defaults.adapter, config)
}
