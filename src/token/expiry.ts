import { jwtDecode } from 'jwt-decode'

/** Ten years in ms: a lifetime beyond it is a server's way of saying "never". */
const LONGEST_LIFETIME = 10 * 365 * 24 * 3600 * 1000

/** Numbers beyond it are ms: seconds come that far in the year 5138, ms came by in 1973. */
const LARGEST_SECONDS = 1e11

/** A day, perhaps with a time and a zone, as ISO 8601 and SQL write them. */
const DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:z|utc|([+-]\d\d)(?::?(\d\d))?)?)?$/i

/** What a reply says of the end of its access token, as the server wrote it. */
export interface StatedExpiry {
  /** A point in time: ms or seconds since the epoch, or an ISO date. */
  at: unknown
  /** A lifetime in seconds. */
  lifetime: unknown
}

/**
 * When an access token ends, in ms on this device's clock; `undefined` where nobody knows. A lifetime counts from the
 * arrival, so that a clock that is off by an hour does no harm.
 *
 * @param handed whether the application handed the token over, so that it may have ended some time ago
 */
export function expiryOf(accessToken: string, stated: StatedExpiry, handed: boolean): number | undefined {
  const now = Date.now()
  const at = instantOf(stated.at)
  // A server that hands out a token which is dead on arrival means another clock.
  if (at !== undefined && (handed || at > now)) return Math.min(at, now + LONGEST_LIFETIME)
  const lifetime = lifetimeOf(stated.lifetime)
  return lifetime === undefined ? expiryOfJwt(accessToken, now) : now + lifetime
}

/** What a JWT says of its own end; nothing where the token is opaque or its claims are odd. */
function expiryOfJwt(accessToken: string, now: number): number | undefined {
  const { exp, iat } = claimsOf(accessToken)
  if (typeof exp !== 'number') return undefined
  const lifetime = typeof iat === 'number' ? lifetimeOf(exp - iat) : undefined
  // Some servers copy the `iat` of another token: an `exp` that is still ahead is the better witness.
  const ahead = exp * 1000 > now ? exp * 1000 : Infinity
  const end = Math.min(ahead, lifetime === undefined ? Infinity : now + lifetime)
  return end === Infinity ? undefined : Math.min(end, now + LONGEST_LIFETIME)
}

function claimsOf(accessToken: string): { exp?: unknown; iat?: unknown } {
  try {
    return jwtDecode(accessToken) ?? {}
  } catch {
    return {} // an opaque token: RFC 6749 section 1.4
  }
}

/** A lifetime in ms from a number or a numeric text of seconds; `undefined` where it makes no sense. */
function lifetimeOf(seconds: unknown): number | undefined {
  const number = numberOf(seconds)
  return number !== undefined && number > 0 ? Math.min(number * 1000, LONGEST_LIFETIME) : undefined
}

/** A point in time in ms: from ms or seconds, told apart by their size, or from an ISO date. */
function instantOf(value: unknown): number | undefined {
  const number = numberOf(value)
  if (number === undefined) return typeof value === 'string' ? dateOf(value.trim()) : undefined
  if (!Number.isFinite(number)) return undefined
  return Math.abs(number) < LARGEST_SECONDS ? number * 1000 : number
}

/** An ISO date in ms. A time without a zone is UTC, as servers mean it. */
function dateOf(text: string): number | undefined {
  const [, day, time = '00:00', hours = '+00', minutes = '00'] = DATE.exec(text) ?? []
  return Date.parse(`${day}T${time}${hours}:${minutes}`) || undefined
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\s*\d/.test(value) ? numberOf(Number(value)) : undefined
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined
}
