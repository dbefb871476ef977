import { type AxiosResponse } from 'axios'
import type { AuthTokens, AuthUser } from '../types.ts'
import { expiryOf } from './expiry.ts'
import { malformedReply } from './malformed-reply.ts'
import { sourceOf } from './reply-source.ts'

type Fields = Record<string, unknown>

const ACCESS_TOKEN = ['access_token', 'accessToken', 'access', 'token', 'jwt']

/** Where servers that wrap their replies put the tokens. */
const WRAPPERS = ['data', 'tokens', 'token']

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first of several names that is there. */
const pick = (source: Fields, ...names: string[]) =>
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

/** What else is known of a reply than what it says. */
export interface ReplyOrigin {
  /** What asked for it, such as `'backend.refresh'`; named where the reply is malformed. */
  from?: string
  /** The tokens it follows: what a refresh does not repeat stays as it was (RFC 6749 section 6). */
  previous?: AuthTokens | undefined
  /** Whether the application handed it over, so that it may have been issued some time ago. */
  handed?: boolean
  /** The answer it was read from, where that is known: a malformed reply's error bears it. */
  response?: AxiosResponse | undefined
}

/**
 * Reads what a server sent, under any of the names in use, at the top or one level down, as `AuthTokens`.
 *
 * @throws AxiosError `ERR_BAD_RESPONSE` where it holds no usable access token; it names the fields, and never a value
 * @see RFC 6749 section 5.1
 */
export function tokensFromReply(
  reply: unknown,
  { from = 'The reply', previous, handed = false, response = sourceOf(reply) }: ReplyOrigin = {},
): AuthTokens {
  const level = levelsOf(reply).find((fields) => isHeaderSafe(pick(fields, ...ACCESS_TOKEN)))
  if (!level) throw malformedReply(reply, from, response)
  // What stands beside the wrapper counts as well. Own fields alone: a polluted prototype says nothing.
  const fields: Fields = { __proto__: null, ...(reply as Fields), ...level }
  const accessToken = pick(level, ...ACCESS_TOKEN) as string
  const refreshToken = pick(fields, 'refresh_token', 'refreshToken', 'refresh')
  const tokenType = pick(fields, 'token_type', 'tokenType') || previous?.tokenType || 'Bearer'
  if (!isHeaderSafe(tokenType) || (refreshToken !== undefined && typeof refreshToken !== 'string')) {
    throw malformedReply(reply, from, response)
  }
  const stated = {
    at: pick(fields, 'expires_at', 'expiresAt'),
    lifetime: pick(fields, 'expires_in', 'expiresIn'),
  }
  const optional = {
    refreshToken: textOf(refreshToken) ?? previous?.refreshToken,
    expiresAt: expiryOf(accessToken, stated, handed),
    idToken: textOf(pick(fields, 'id_token', 'idToken')) ?? previous?.idToken,
    scope: textOf(fields.scope) ?? previous?.scope,
  }
  return {
    accessToken,
    tokenType: /^bearer$/i.test(tokenType) ? 'Bearer' : tokenType,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

/** The user that a server sent beside the tokens, if it did. */
export function userFromReply(reply: unknown): AuthUser | undefined {
  return levelsOf(reply)
    .map(({ user }) => user)
    .find((user): user is AuthUser => isRecord(user))
}

/** A reply, and what it wraps: all that may hold tokens. Own fields alone: a polluted prototype says nothing. */
function levelsOf(reply: unknown): Fields[] {
  if (!isRecord(reply)) return []
  const own: Fields = { __proto__: null, ...reply }
  const wrapped = WRAPPERS.map((name) => own[name]).filter(isRecord)
  return [own, ...wrapped.map((fields) => ({ __proto__: null, ...fields }) as Fields)]
}
