import axios, { type InternalAxiosRequestConfig } from 'axios'

/** A part of a path that is as long as this is no name that anyone has given: it may be a token. */
const LONG = /[^/]{40,}/g

/** Method and path of a request, without the query and the credentials that a URL may hold. */
export function labelOfRequest(config: InternalAxiosRequestConfig): string {
  const { method = 'get', baseURL, url } = config
  const whole = axios.getUri({ ...(baseURL && { baseURL }), ...(url && { url }) })
  const path = whole
    .replace(/[?#].*$/s, '')
    .replace(/\/\/[^/@]*@/, '//')
    .replace(LONG, '…')
  return `${method.toUpperCase()} ${path}`
}
