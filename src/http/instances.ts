import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import type { Connection } from './connect.ts'

const likewise = (instance: AxiosInstance, settings?: CreateAxiosDefaults): AxiosInstance =>
  axios.create({ ...(instance.defaults as CreateAxiosDefaults), ...settings })

/**
 * An instance with the settings of another, none of its interceptors, no default `Authorization`, and errors where axios
 * itself has them.
 */
export function bareInstance(instance: AxiosInstance): AxiosInstance {
  const bare = likewise(instance, { validateStatus: (status) => status >= 200 && status < 300 })
  const { headers } = bare.defaults
  withoutAuthorization(headers)
  for (const bag of Object.values(headers)) withoutAuthorization(bag)
  return bare
}

function withoutAuthorization(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') Reflect.deleteProperty(headers, name)
  }
}

/** An instance with the settings of another and the interceptors that the application gave it. */
export function unconnectedCopy(instance: AxiosInstance, { interceptor }: Connection): AxiosInstance {
  const copy = likewise(instance)
  for (const handler of instance.interceptors.request.handlers ?? []) {
    if (!handler || handler.fulfilled === interceptor) continue
    const { fulfilled, rejected, synchronous, runWhen } = handler
    copy.interceptors.request.use(fulfilled, rejected, { synchronous, ...(runWhen && { runWhen }) })
  }
  for (const handler of instance.interceptors.response.handlers ?? []) {
    if (handler) copy.interceptors.response.use(handler.fulfilled, handler.rejected)
  }
  return copy
}
