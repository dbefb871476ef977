import type { Standing } from '../standing.ts'
import { isAuthTokens } from '../token/reply.ts'
import type { AuthTokens } from '../types.ts'

/** What is written of a session, or of its end: what a reload needs to go on, and what tabs agree on. */
export interface SessionRecord extends Standing {
  /** None where they are kept elsewhere, where no script sees them, or where the session is over. */
  readonly tokens?: Readonly<AuthTokens> | undefined
  /** From when on the access token is refreshed beside the requests that use it, in ms since the epoch. */
  readonly refreshAt?: number | undefined
  /** Whether no script sees the tokens of the session. */
  readonly isHidden?: boolean | undefined
  /** Whether the server knows of the logout. */
  readonly isTold?: boolean | undefined
}

/** The version of the stored form; a record of another one is not read. */
const VERSION = 2

/** No session is this long; parsing a foreign megabyte would only cost time. */
const LONGEST_RECORD = 256 * 1024

/** Whether a record is short enough to be read again. */
export const isReadable = (text: string): boolean => text.length <= LONGEST_RECORD

/** The stored form of a session or its end. */
export function writeRecord({
  id,
  generation,
  ended,
  tokens,
  refreshAt,
  isHidden,
  isTold,
}: SessionRecord): string {
  // JSON knows neither Infinity nor undefined: an unknown end is written as null, what is not there is left out.
  return JSON.stringify({
    v: VERSION,
    id,
    generation,
    ended,
    told: isTold || undefined,
    hidden: isHidden || undefined,
    tokens,
    refreshAt,
  })
}

/** What a stored string says; `null` where it is anything else, whatever it is. */
export function readRecord(text: string | null | undefined): SessionRecord | null {
  const { v, id, generation, ended, told, hidden, tokens, refreshAt } = parse(text)
  if (v !== VERSION || !isId(id) || !isGeneration(generation)) return null
  if (ended !== undefined) return isReason(ended) ? { id, generation, ended, isTold: told === true } : null
  if (tokens === undefined) return { id, generation, isHidden: hidden === true }
  if (!isAuthTokens(tokens)) return null
  const due = typeof refreshAt === 'number' ? refreshAt : Infinity
  return { id, generation, tokens: copyOf(tokens), refreshAt: due }
}

/** A record without what is secret. */
export const withoutTokens = ({ id, generation, ended, isHidden, isTold }: SessionRecord): SessionRecord => ({
  id,
  generation,
  ended,
  isHidden,
  isTold,
})

/** Whether a record tells of a logout that the server does not know of. */
export const isUntold = (known: SessionRecord | null | undefined): boolean =>
  known?.ended === 'logout' && !known.isTold

/** It becomes part of a lock's name. */
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,99}$/.test(value)

const isGeneration = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const isReason = (value: unknown): value is NonNullable<Standing['ended']> =>
  value === 'logout' || value === 'expired' || value === 'replaced'

function parse(text: string | null | undefined): Record<string, unknown> {
  if (typeof text !== 'string' || !isReadable(text)) return {}
  try {
    return Object(JSON.parse(text))
  } catch {
    return {} // truncated or foreign
  }
}

/** The known fields alone: nothing that a stranger wrote beside them gets in. */
function copyOf({ accessToken, refreshToken, tokenType, expiresAt, idToken, scope }: AuthTokens): AuthTokens {
  return JSON.parse(JSON.stringify({ accessToken, refreshToken, tokenType, expiresAt, idToken, scope }))
}
