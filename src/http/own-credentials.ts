import {
  AxiosHeaders,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
  type RawAxiosRequestHeaders,
} from 'axios'

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

/** The header as the defaults of an instance would have it; the nearest one goes first, as in axios. */
function defaultAuthorization({ defaults }: AxiosInstance, method = 'get'): unknown {
  const own = defaults.headers as unknown as Record<string, RawAxiosRequestHeaders>
  const { common, [method]: forMethod } = own
  return [own, forMethod, common]
    .map((bag) => AxiosHeaders.from(bag as AxiosHeaders).get('Authorization'))
    .find((value) => value !== undefined)
}
