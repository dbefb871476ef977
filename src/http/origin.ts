import axios, { type AxiosInstance, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'

/** Where relative URLs start outside a page: an origin that nothing else has (RFC 2606). */
const NOWHERE = 'http://nowhere.invalid'

function pageOrigin(): string {
  const origin = globalThis.location?.origin ?? 'null'
  return origin === 'null' ? NOWHERE : origin
}

/** What the browser itself resolves a relative URL against. */
const pageBase = () => globalThis.document?.baseURI ?? `${NOWHERE}/`

function parse(url: string): URL | null {
  try {
    return new URL(url, pageBase())
  } catch {
    return null
  }
}

const isAbsolute = (url = '') => /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)

/** A base that names its host by itself, and one below the page's: whatever path is joined to it stays there. */
const HOST = /^https?:\/\/[\w.-]+(:\d+)?(\/|$)/i
// `/` alone is none: browsers take `/\elsewhere` for a host.
const PATH = /^\/[\w-]/

/** Whether requests to a base go to its own origin, as can be seen without parsing a URL for each of them. */
const staysAtHome = (baseURL: string) =>
  HOST.test(baseURL) || (PATH.test(baseURL) && pageBase().startsWith(`${pageOrigin()}/`))

/** The URLs a request may go to, joined as axios joins them. */
function finalUrls(config: InternalAxiosRequestConfig, instance: AxiosInstance): Array<URL | null> {
  const { baseURL = '', url = '', allowAbsoluteUrls } = config
  const isWhole = isAbsolute(url)
  if (!baseURL || (isWhole && allowAbsoluteUrls !== false)) return [parse(url)]
  const joined = parse(url ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : baseURL)
  // Before 1.8 axios did not know `allowAbsoluteUrls`: what it makes of it has to be allowed as well.
  return isWhole ? [joined, parse(instance.getUri({ baseURL, url, allowAbsoluteUrls: false }))] : [joined]
}

/** Which origins get the token of a session besides an instance's own; a function decides alone, and attaches with `true`. */
export type AttachTo = string[] | ((url: URL) => boolean) | undefined

/**
 * The origins that a list names.
 *
 * @throws Error where an entry is no origin
 */
export function originsOf(attachTo: AttachTo): AttachTo {
  if (!Array.isArray(attachTo)) return attachTo
  return attachTo.map((entry) => {
    const origin = originOf(entry)
    if (origin === 'null')
      throw new Error(`attachTo takes origins such as "https://api.example.com", not "${entry}".`)
    return origin
  })
}

/** Whether a request goes where the session's token may go. Opaque origins (`null`) never get one. */
export function mayCarryToken(
  config: InternalAxiosRequestConfig,
  instance: AxiosInstance,
  attachTo: AttachTo,
): boolean {
  const { baseURL } = instance.defaults
  const isUsual = baseURL && config.baseURL === baseURL && typeof attachTo !== 'function'
  if (isUsual && !isAbsolute(config.url) && staysAtHome(baseURL)) return true
  for (const url of finalUrls(config, instance)) if (!isAllowed(url, baseURL, attachTo)) return false
  return true
}

function isAllowed(url: URL | null, baseURL: string | undefined, attachTo: AttachTo): boolean {
  if (url === null || url.origin === 'null') return false
  if (typeof attachTo === 'function') return attachTo(url) === true // a promise is no answer
  return url.origin === ownOrigin(baseURL) || Boolean(attachTo?.includes(url.origin))
}

/** The origin a request goes to before it is redirected. */
export const originOfRequest = (config: InternalAxiosRequestConfig): string =>
  finalUrls(config, axios)[0]?.origin ?? 'null'

/** The origin of a URL that names one by itself; `'null'` where it does not. */
export function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return 'null'
  }
}

/** Whether an answer came from another origin than its request was sent to: in Node, where it was redirected. */
export function cameFromElsewhere({ request, config }: AxiosResponse): boolean {
  const url: unknown = request?.res?.responseUrl
  return typeof url === 'string' && originOf(url) !== originOfRequest(config)
}

/** The origin of an instance's own API: the page's where its `baseURL` is relative. */
function ownOrigin(baseURL = ''): string {
  try {
    return new URL(baseURL, pageOrigin()).origin
  } catch {
    return pageOrigin()
  }
}
