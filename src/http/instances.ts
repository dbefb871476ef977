import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import type { AuthTokens } from '../types.ts'
import { type Connection, connect } from './connect.ts'
import { type DispatchSettings, dispatch } from './dispatch.ts'
import { deliver } from './send.ts'

const likewise = (instance: AxiosInstance, settings?: CreateAxiosDefaults): AxiosInstance =>
  axios.create({ ...(instance.defaults as CreateAxiosDefaults), ...settings })

/**
 * An instance with the settings of another, none of its interceptors, and errors where axios itself has them. It puts
 * tokens on its requests where there are some to be signed out.
 */
export function bareInstance(
  instance: AxiosInstance,
  settings: DispatchSettings,
  tokens?: AuthTokens | null,
): AxiosInstance {
  const bare = likewise(instance, { validateStatus: (status) => status >= 200 && status < 300 })
  if (tokens) {
    connect(bare, (config) => dispatch(settings, bare, config, async (send) => deliver(await send(tokens))))
  }
  return bare
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
