import { AxiosHeaders, type AxiosInstance, type InternalAxiosRequestConfig } from 'axios'

/** Whether a request carries the caller's own credentials, which are his to look after. */
export function hasOwnCredentials(
  config: InternalAxiosRequestConfig,
  instance: AxiosInstance,
  onDefault: () => void,
): boolean {
  if (config.auth) return true
  if (!config.headers.has('Authorization')) return false
  const isDefault = config.headers.get('Authorization') === defaultAuthorization(instance, config.method)
  if (isDefault) onDefault()
  return !isDefault
}

/** The header as the defaults of an instance would have it. */
function defaultAuthorization({ defaults }: AxiosInstance, method = 'get'): unknown {
  const bags: Record<string, unknown> = { ...defaults.headers }
  const merged = AxiosHeaders.concat(bags.common as AxiosHeaders, bags[method] as AxiosHeaders)
  return merged.get('Authorization') ?? new AxiosHeaders(bags as never).get('Authorization')
}
