import type { AxiosInstance, AxiosInterceptorManager, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { adapterOf } from './send.ts'

/** Sends a request whose interceptors and transforms have run. */
export type Handler = (config: InternalAxiosRequestConfig) => Promise<AxiosResponse>

/** A handler's place among the interceptors of an instance. */
export interface Connection {
  readonly interceptor: (config: InternalAxiosRequestConfig) => InternalAxiosRequestConfig
  /** Takes the handler away from the instance. */
  close(): void
}

/**
 * Lets a handler send the requests of an instance.
 *
 * It stands in for the adapter, after all interceptors: there the final URL and headers are known, the body is ready
 * to be sent byte for byte as often as needed, and whatever adapter is set by then is the one that is called.
 */
export function connect(instance: AxiosInstance, handle: Handler): Connection {
  const interceptor = (given: InternalAxiosRequestConfig) => {
    const config = withoutPrototype(given)
    const { adapter } = config
    config.adapter = (final) => {
      if (adapter) final.adapter = adapter
      else delete final.adapter
      return final.withAuth === false ? adapterOf(final)(final) : handle(final)
    }
    return config
  }
  const { request } = instance.interceptors
  const id = request.use(interceptor, null, Object.assign(Object.create(null), { synchronous: true }))
  const release = runLast(request, instance)
  return {
    interceptor,
    close() {
      release()
      request.eject(id)
    },
  }
}

/** A config as axios makes it: that of an interceptor which returned a copy could be polluted. */
const withoutPrototype = (config: InternalAxiosRequestConfig): InternalAxiosRequestConfig =>
  Object.getPrototypeOf(config) === Object.prototype ? Object.assign(Object.create(null), config) : config

type RequestInterceptors = AxiosInterceptorManager<InternalAxiosRequestConfig>

interface Iterable {
  /** How axios goes through the interceptors of a request; not among its types. */
  forEach(visit: (handler: unknown) => void): void
}

/**
 * Lets the latest interceptor run after all others. axios runs them from the latest to the first, and one of the
 * application's that is older and sets an adapter would send its requests past the session.
 */
function runLast(manager: RequestInterceptors, { defaults }: AxiosInstance): () => void {
  const iterable = manager as RequestInterceptors & Iterable
  const { forEach } = iterable
  const { length = 0 } = manager.handlers ?? []
  const own = manager.handlers?.[length - 1]
  const inOrder: Iterable['forEach'] = (visit) => {
    const latestFirst = defaults.transitional?.legacyInterceptorReqResOrdering !== false
    if (latestFirst && manager.handlers?.[0] === own) return forEach.call(manager, visit)
    if (latestFirst) visit(own)
    forEach.call(manager, (handler) => handler === own || visit(handler))
    if (!latestFirst) visit(own)
  }
  if (own) iterable.forEach = inOrder
  return () => {
    if (iterable.forEach === inOrder) Reflect.deleteProperty(iterable, 'forEach')
  }
}
