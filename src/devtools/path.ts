import axios, { type InternalAxiosRequestConfig } from 'axios'

/** Method and path of a request, without the query and the credentials that a URL may hold. */
export function labelOfRequest(config: InternalAxiosRequestConfig): string {
  const { method = 'get', baseURL, url } = config
  const whole = axios.getUri({ ...(baseURL && { baseURL }), ...(url && { url }) })
  const path = whole.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//')
  return `${method.toUpperCase()} ${path}`
}
