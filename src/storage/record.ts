import type { Standing } from '../standing.ts'
import { isAuthTokens } from '../token/reply.ts'
import type { AuthTokens, SessionEndReason } from '../types.ts'

/** What a session needs to go on after a reload. */
export interface SessionRecord extends Omit<Standing, 'ended'> {
  readonly tokens: Readonly<AuthTokens>
  /** From when on the access token is refreshed beside the requests that use it, in ms since the epoch. */
  readonly refreshAt: number
}

/** What is written for an instant before a record is removed: other tabs hear why. */
export interface EndRecord extends Standing {
  readonly ended: SessionEndReason
}

/** The version of the stored form; a record of another one is not read. */
const VERSION = 1

/** No session is this long; parsing a foreign megabyte would only cost time. */
const LONGEST_RECORD = 64 * 1024

/** The stored form of a session. */
export function writeRecord({ id, tokens, refreshAt, generation }: SessionRecord): string {
  // JSON knows no Infinity: an unknown end is written as null.
  return JSON.stringify({ v: VERSION, id, generation, tokens, refreshAt })
}

/** The stored form of an end. */
export const writeEnd = ({ id, generation, ended }: EndRecord): string =>
  JSON.stringify({ v: VERSION, id, generation, ended })

/** The end of a session in a stored string; `null` where it is anything else. */
export function readEnd(text: string | null): EndRecord | null {
  const { v, id, generation, ended } = parse(text)
  if (v !== VERSION || !isId(id) || !isGeneration(generation)) return null
  return ended === 'logout' || ended === 'expired' ? { id, generation, ended } : null
}

/** The session in a stored string; `null` where it is anything else, whatever it is. */
export function readRecord(text: string | null): SessionRecord | null {
  const { v, id, generation, tokens, refreshAt } = parse(text)
  if (v !== VERSION || !isId(id) || !isGeneration(generation)) return null
  if (!isAuthTokens(tokens)) return null
  return {
    id,
    generation,
    tokens: copyOf(tokens),
    refreshAt: typeof refreshAt === 'number' ? refreshAt : Infinity,
  }
}

/** It becomes part of a lock's name, and of messages. */
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,99}$/.test(value)

const isGeneration = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

function parse(text: string | null): Record<string, unknown> {
  if (typeof text !== 'string' || text.length > LONGEST_RECORD) return {}
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
