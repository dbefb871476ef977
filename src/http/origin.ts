import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'

/** Where relative URLs start outside a page: an origin that nothing else has (RFC 2606). */
const NOWHERE = 'http://nowhere.invalid'

const pageOrigin = () => globalThis.location?.origin ?? NOWHERE

/** What the browser itself resolves a relative URL against. */
const pageBase = () => globalThis.document?.baseURI ?? NOWHERE

function parse(url: string): URL | null {
  try {
    return new URL(url, pageBase())
  } catch {
    return null
  }
}

/** The URL a request will go to, joined as axios joins it. */
function finalUrl({ baseURL = '', url = '', allowAbsoluteUrls }: InternalAxiosRequestConfig): URL | null {
  const isAbsolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url) && allowAbsoluteUrls !== false
  if (isAbsolute || !baseURL) return parse(url)
  return parse(url ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : baseURL)
}

/** Which origins get the token of a session. */
export type AttachTo = string[] | ((url: URL) => boolean) | undefined

/**
 * The origins that a list names.
 *
 * @throws Error where an entry is no origin
 */
export function originsOf(attachTo: AttachTo): AttachTo {
  if (!Array.isArray(attachTo)) return attachTo
  return attachTo.map((entry) => {
    const origin = URL.canParse(entry) ? new URL(entry).origin : 'null'
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
  const url = finalUrl(config)
  if (!url || url.origin === 'null') return false
  if (typeof attachTo === 'function') return attachTo(url)
  const allowed = attachTo ?? [ownOrigin(instance.defaults.baseURL)]
  return allowed.includes(url.origin)
}

/** The origin of an instance's own API: the page's where its `baseURL` is relative. */
function ownOrigin(baseURL = ''): string {
  try {
    return new URL(baseURL, pageOrigin()).origin
  } catch {
    return pageOrigin()
  }
}
