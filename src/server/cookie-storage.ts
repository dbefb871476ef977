import type { AuthStorage } from '../types.ts'
import { fromBase64Url, toBase64Url } from './seal.ts'

/** How a cookie is set, in the names that Hono, h3, Nitro, SvelteKit and Next use. */
export interface CookieAttributes {
  /** The paths it is sent to. */
  path: string
  /** The hosts it is sent to; left out: the one that set it. */
  domain?: string
  /** How long it is kept, in seconds, as in the header itself (Express counts ms: multiply there). Left out: until the browser is closed. */
  maxAge?: number
  /** Whether it is sent over https alone (browsers make an exception for localhost, Safari does not). */
  secure: boolean
  /** Whether scripts cannot read it. */
  httpOnly: boolean
  /** Whether it is sent with requests that other sites cause. */
  sameSite: 'lax' | 'strict' | 'none'
}

/** The cookies of one request, and of the answer to it. */
export interface RequestCookies {
  /** Reads a cookie of the request, decoded. */
  get(name: string): string | undefined | null
  /** Sets a cookie with the answer. */
  set(name: string, value: string, attributes: CookieAttributes): unknown
  /** Takes a cookie away with the answer. */
  delete(name: string, attributes: CookieAttributes): unknown
}

/** What `cookieStorage` may be told: the attributes of its cookies, and their name. */
export interface CookieStorageOptions extends Partial<CookieAttributes> {
  /**
   * Names the cookie of a storage key; further ones are `<name>.1` and `<name>.2`. `__Host-` and `__Secure-` may come first.
   *
   * @default the key, with `.` for `:`, as in `vue-auth-axios.authAxios`
   */
  name?: (key: string) => string
}

/** What a browser keeps of one cookie at least, name and attributes included, in bytes (RFC 6265 section 6.1). */
const LARGEST = 4096

/** Room for the names of all attributes and the values of those that are no longer than a date. */
const ATTRIBUTES = 160

/**
 * How many cookies a record may take. Servers refuse requests whose headers are too large, Node's and nginx' by default
 * those above 16 and 8 kB, and a visitor whose every request is refused cannot even sign out.
 */
const MOST = 3

const DEFAULTS: CookieAttributes = {
  path: '/',
  maxAge: 30 * 24 * 60 * 60,
  secure: true,
  httpOnly: false,
  sameSite: 'lax',
}

/**
 * Keeps a session in the cookies of one request: for a server that renders pages. Make one for each request.
 *
 * The cookies last 30 days, are sent to every path over https, not with what other sites cause but for plain links, and can be read by scripts, as
 * `localStorage` can, so that the page goes on with the session that the server has rendered with (`cookieStorage` over
 * `document.cookie`). Where the tokens stay on the server, set `httpOnly: true`.
 *
 * A record is encoded in base64url and spread over as many as three cookies where one cannot hold it (4096 bytes with name and
 * attributes). What does not belong together is taken for nothing.
 *
 * @example
 * ```ts
 * // Hono
 * cookieStorage({
 *   get: (name) => getCookie(context, name),
 *   set: (name, value, attributes) => setCookie(context, name, value, attributes),
 *   delete: (name, attributes) => deleteCookie(context, name, attributes),
 * })
 * ```
 */
export function cookieStorage(cookies: RequestCookies, options: CookieStorageOptions = {}): AuthStorage {
  const { name: nameFor = defaultName, ...rest } = options
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const attributes: CookieAttributes = { ...DEFAULTS, ...given }
  // Most frameworks go on telling what the request brought: what was written since is known here alone.
  const written = new Map<string, string | null>()

  const read = (name: string) => (written.has(name) ? written.get(name) : cookies.get(name)) ?? null

  /** Remembers what the framework does not tell. */
  function note(name: string, value: string | null): void {
    if ((cookies.get(name) || null) === value) written.delete(name)
    else written.set(name, value)
  }

  function write(name: string, value: string): void {
    cookies.set(name, value, attributes)
    note(name, value)
  }

  function remove(name: string): void {
    if (read(name) === null) return
    const { maxAge: _, ...others } = attributes
    cookies.delete(name, others)
    note(name, null)
  }

  return {
    getItem: (key) => joined(chunkNames(nameFor(key)).map(read)),
    setItem(key, value) {
      const names = chunkNames(nameFor(key))
      const chunks = split(value, names, attributes)
      names.forEach((name, index) => {
        const chunk = chunks[index]
        if (chunk === undefined) remove(name)
        else write(name, chunk)
      })
    },
    removeItem(key) {
      chunkNames(nameFor(key)).forEach(remove)
    },
  }
}

/** A cookie's name may hold no separators (RFC 6265 section 4.1.1); the key's own are colons. */
const defaultName = (key: string) =>
  encodeURIComponent(key)
    .replace(/[.()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%3A/g, '.')

const chunkNames = (name: string) =>
  Array.from({ length: MOST }, (_, index) => (index ? `${name}.${index}` : name))

/**
 * Splits a record: `<count>.<stamp>.<part>` into the first cookie, `<stamp>.<part>` into the others. The stamp is a checksum of the
 * whole: parts of two records, as answers that overtake each other leave them, are told apart by it.
 *
 * @throws RangeError where it is too large
 */
function split(value: string, names: string[], { path, domain = '' }: CookieAttributes): string[] {
  const text = toBase64Url(new TextEncoder().encode(value))
  const stamp = checksum(text)
  const longest = names[names.length - 1]?.length ?? 0
  const room = LARGEST - ATTRIBUTES - path.length - domain.length - longest - stamp.length - '=9..'.length
  const count = Math.max(1, Math.ceil(text.length / room))
  if (count > names.length) {
    throw new RangeError(
      `The session takes ${text.length} bytes, more than ${names.length} cookies hold: ask the server for smaller tokens, or keep them on the server.`,
    )
  }
  return Array.from({ length: count }, (_, index) => {
    const part = `${stamp}.${text.slice(index * room, (index + 1) * room)}`
    return index ? part : `${count}.${part}`
  })
}

/** Joins a record from its cookies; `null` where they are none, or do not belong together. */
function joined([first, ...others]: Array<string | null>): string | null {
  const [, count, stamp, part] = /^([1-9])\.(\w+)\.([\w-]*)$/.exec(first ?? '') ?? []
  if (count === undefined) return null
  const parts = others.slice(0, Number(count) - 1).map((other) => other?.split('.') ?? [])
  const text = [part, ...parts.map(([, more]) => more)].join('')
  if (parts.some(([mark]) => mark !== stamp) || checksum(text) !== stamp || !isBase64Url(text)) return null
  return new TextDecoder().decode(fromBase64Url(text))
}

const isBase64Url = (text: string) => /^[\w-]*$/.test(text) && text.length % 4 !== 1

/** FNV-1a, in base 36: it has to tell records apart, not to withstand anyone. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
