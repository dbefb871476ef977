/** A URL as it is given, or a path of this origin as one. */
export const absolute = (address: string): string =>
  address.startsWith('/') ? location.origin + address : address

/**
 * A path of this application, or `/` in the place of anything else: it may come from a query parameter (CWE-601). It is
 * read as browsers read it, which take backslashes for slashes and skip line breaks.
 */
export function ownPath(path: unknown): string {
  const { origin } = location
  if (typeof path !== 'string' || !path.startsWith('/')) return '/'
  const own = new URL(origin + path).href.slice(origin.length)
  return own.startsWith('//') ? '/' : own
}

/** The page that is shown, as the router names it where there is one. */
export const here = (): string => history.state?.current ?? location.href.slice(location.origin.length)

/** Takes an answer of the provider out of the address of the page; what the redirect URI itself has in it stays. */
export function tidy(address: URL, redirectUri: string): void {
  if (address.href !== location.href) return
  const tidied = (url: string) =>
    url.replace(/\?[^#]*\b(code|state|error)=[^#]*/, new URL(redirectUri).search)
  // The router keeps the address in the state as well, and would put it back.
  const { state } = history
  if (state?.current) state.current = tidied(state.current)
  history.replaceState(state, '', tidied(address.href))
}

/** Adds to the query of a URL what there is to say; the last word counts. */
export function addQuery({ searchParams }: URL, ...sources: Array<object | undefined>): void {
  for (const [name, value] of sources.flatMap((source) => Object.entries(source ?? {}))) {
    if (value !== undefined) searchParams.set(name, value)
  }
}
