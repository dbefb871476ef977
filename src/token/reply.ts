import { AxiosError } from 'axios'
import { jwtDecode } from 'jwt-decode'
import type { AuthTokens, AuthUser } from '../types.ts'

/** Ten years in ms: a lifetime beyond it is a server's way of saying "never". */
const LONGEST_LIFETIME = 10 * 365 * 24 * 3600 * 1000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first of several names that is there. */
const pick = (source: Record<string, unknown>, ...names: string[]) =>
  names.map((name) => source[name]).find((value) => value !== undefined && value !== null)

const textOf = (value: unknown) => (typeof value === 'string' && value ? value : undefined)

/** Visible ASCII, so that it fits into a header (RFC 6750 section 2.1 allows even less). */
const isHeaderSafe = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)

/** Whether a value read from outside is a set of tokens that may be used. */
export function isAuthTokens(value: unknown): value is AuthTokens {
  if (!isRecord(value)) return false
  const { accessToken, refreshToken, tokenType, expiresAt, idToken, scope } = value
  return (
    isHeaderSafe(accessToken) &&
    (tokenType === undefined || isHeaderSafe(tokenType)) &&
    (expiresAt === undefined || Number.isFinite(expiresAt)) &&
    [refreshToken, idToken, scope].every((text) => text === undefined || textOf(text) !== undefined)
  )
}

/** A lifetime in ms from a number or a numeric string of seconds; `undefined` where it makes no sense. */
function lifetimeOf(seconds: unknown): number | undefined {
  const number = typeof seconds === 'string' && /^\s*\d/.test(seconds) ? Number(seconds) : seconds
  return typeof number === 'number' && number > 0 ? Math.min(number * 1000, LONGEST_LIFETIME) : undefined
}

interface Claims {
  lifetime: number | undefined
  endsAt: number | undefined
}

/** What a JWT says of its own end; nothing where the token is opaque or its claims are odd. */
function claimsOf(accessToken: string): Claims {
  try {
    const { exp, iat } = jwtDecode(accessToken)
    return {
      lifetime: typeof exp === 'number' && typeof iat === 'number' ? lifetimeOf(exp - iat) : undefined,
      endsAt: typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined,
    }
  } catch {
    return { lifetime: undefined, endsAt: undefined } // an opaque token: RFC 6749 section 1.4
  }
}

/**
 * When an access token ends, in ms on this device's clock. Lifetimes count from the arrival, so that a clock that is
 * off by an hour does no harm.
 */
function endOf(reply: Record<string, unknown>, accessToken: string, handed: boolean): number | undefined {
  const now = Date.now()
  const { expiresAt } = reply
  if (typeof expiresAt === 'number' && Number.isFinite(expiresAt)) {
    // A server that hands out a token which is dead on arrival means another clock, or another unit.
    if (handed || expiresAt > now) return Math.min(expiresAt, now + LONGEST_LIFETIME)
  }
  const lifetime = lifetimeOf(pick(reply, 'expires_in', 'expiresIn'))
  if (lifetime !== undefined) return now + lifetime
  const claims = claimsOf(accessToken)
  const end = claims.lifetime === undefined ? undefined : now + claims.lifetime
  // A token handed over may have been lying about for a while.
  const known = handed && claims.endsAt !== undefined && claims.endsAt > now ? claims.endsAt : undefined
  return known === undefined ? end : Math.min(known, end ?? Infinity, now + LONGEST_LIFETIME)
}

function malformed(): AxiosError {
  return new AxiosError(
    'The reply holds no usable access token. Return the parsed body with `access_token`, or `AuthTokens`.',
    AxiosError.ERR_BAD_RESPONSE,
  )
}

/** What else is known of a reply than what it says. */
export interface ReplyOrigin {
  /** The tokens it follows: what a refresh does not repeat stays as it was (RFC 6749 section 6). */
  previous?: AuthTokens | undefined
  /** Whether the application handed it over, so that it may have been issued some time ago. */
  handed?: boolean
  /** Who gave the reply, as an error names it. */
  from?: string
}

/**
 * Reads what a server sent, under any of the names in use, as `AuthTokens`.
 *
 * @throws AxiosError `ERR_BAD_RESPONSE` where it holds no usable access token
 * @see RFC 6749 section 5.1
 */
export function tokensFromReply(reply: unknown, { previous, handed = false }: ReplyOrigin = {}): AuthTokens {
  if (!isRecord(reply)) throw malformed()
  const accessToken = pick(reply, 'access_token', 'accessToken', 'access', 'token')
  const refreshToken = pick(reply, 'refresh_token', 'refreshToken', 'refresh')
  const tokenType = pick(reply, 'token_type', 'tokenType') ?? previous?.tokenType ?? 'Bearer'
  if (!isHeaderSafe(accessToken) || !isHeaderSafe(tokenType)) throw malformed()
  if (refreshToken !== undefined && typeof refreshToken !== 'string') throw malformed()
  const optional = {
    refreshToken: textOf(refreshToken) ?? previous?.refreshToken,
    expiresAt: endOf(reply, accessToken, handed),
    idToken: textOf(pick(reply, 'id_token', 'idToken')) ?? previous?.idToken,
    scope: textOf(reply.scope) ?? previous?.scope,
  }
  const tokens: AuthTokens = { accessToken, tokenType: /^bearer$/i.test(tokenType) ? 'Bearer' : tokenType }
  return Object.assign(
    tokens,
    Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  )
}

/** The user beside the tokens of a reply, where there is one. */
export function userFromReply(reply: unknown): AuthUser | undefined {
  const { user } = Object(reply) as { user?: unknown }
  return isRecord(user) ? (user as AuthUser) : undefined
}
