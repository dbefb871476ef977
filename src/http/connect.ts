import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
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
  const interceptor = (config: InternalAxiosRequestConfig) => {
    const { adapter } = config
    config.adapter = (final) => {
      if (adapter) final.adapter = adapter
      else delete final.adapter
      return final.withAuth === false ? adapterOf(final)(final) : handle(final)
    }
    return config
  }
  const id = instance.interceptors.request.use(interceptor, null, { synchronous: true })
  return { interceptor, close: () => instance.interceptors.request.eject(id) }
}
