import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type AttachTo, mayCarryToken, originOfRequest } from './origin.ts'
import { type Circumstances, hasOwnCredentials } from './own-credentials.ts'
import { type Authorize, type Send, adapterOf, sender } from './send.ts'

/** Which requests get a token, and how. */
export interface DispatchSettings extends Circumstances {
  authorize: Authorize
  attachTo: AttachTo
}

/** Sends a request that may carry a token. */
export type Attach = (send: Send, config: InternalAxiosRequestConfig) => Promise<AxiosResponse>

/** Sends a request that may carry a token one way, and every other one as it is. */
export function dispatch(
  settings: DispatchSettings,
  instance: AxiosInstance,
  config: InternalAxiosRequestConfig,
  attach: Attach,
): Promise<AxiosResponse> {
  const adapter = adapterOf(config)
  const isCallers = hasOwnCredentials(config, instance, settings)
  if (!isCallers && mayCarryToken(config, instance, settings.attachTo)) {
    return attach(sender(config, adapter, settings.authorize), config)
  }
  const answer = adapter(config)
  if (process.env.NODE_ENV !== 'production' && !config.auth) {
    explain401(settings, answer, isCallers ? HAS_OWN_HEADER : goesElsewhere(config))
  }
  return answer
}

/** Why the session has no part in a 401. */
type Explanation = [topic: string, message: string]

const HAS_OWN_HEADER: Explanation = [
  'own-header',
  'A request with an Authorization header of its own was answered 401. That is left to its caller, and nothing is ' +
    'refreshed. Remove what sets the header (an old interceptor?), or send with `withAuth: false` where it is meant.',
]

function goesElsewhere(config: InternalAxiosRequestConfig): Explanation | undefined {
  const origin = originOfRequest(config)
  if (origin === 'null') return undefined
  return [
    'no-token',
    `${origin} answered 401 to a request without a token: by itself the session's goes to the origin of the ` +
      `instance's baseURL alone. Name others in the options (attachTo: ["${origin}"]), or put an instance for them ` +
      'under the session with attach().',
  ]
}

/** In development, says once why a 401 did not lead to a refresh. */
function explain401(
  { session, warnOnce }: Circumstances,
  answer: Promise<AxiosResponse>,
  explanation: Explanation | undefined,
): void {
  const look = (response: Partial<AxiosResponse> | undefined) => {
    if (explanation && response?.status === 401 && session()) warnOnce(...explanation)
  }
  answer.then(look, (error: unknown) => look((Object(error) as { response?: AxiosResponse }).response))
}
