import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type AttachTo, mayCarryToken } from './origin.ts'
import { hasOwnCredentials } from './own-credentials.ts'
import { type Authorize, type Send, adapterOf, sender } from './send.ts'

/** Which requests get a token, and how. */
export interface DispatchSettings {
  authorize: Authorize
  attachTo: AttachTo
  /** Is called where a default `Authorization` of the instance gives way. */
  onDefaultReplaced(): void
}

/** Sends a request that may carry a token one way, and every other one as it is. */
export function dispatch(
  { authorize, attachTo, onDefaultReplaced }: DispatchSettings,
  instance: AxiosInstance,
  config: InternalAxiosRequestConfig,
  sendAuthorised: (send: Send) => Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  const adapter = adapterOf(config)
  if (hasOwnCredentials(config, instance, onDefaultReplaced) || !mayCarryToken(config, instance, attachTo)) {
    return adapter(config)
  }
  return sendAuthorised(sender(config, adapter, authorize))
}
