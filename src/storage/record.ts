import { isAuthTokens } from '../token/reply.ts'
import type { AuthTokens } from '../types.ts'

/** What a session needs to go on after a reload. */
export interface SessionRecord {
  /** The identity of the session; a refresh keeps it. */
  readonly id: string
  readonly tokens: Readonly<AuthTokens>
  /** From when on the access token is refreshed beside the requests that use it, in ms since the epoch. */
  readonly refreshAt: number
}

/** The version of the stored form; a record of another one is not read. */
const VERSION = 1

/** No session is this long; parsing a foreign megabyte would only cost time. */
const LONGEST_RECORD = 64 * 1024

/** The stored form of a session. */
export function writeRecord({ id, tokens, refreshAt }: SessionRecord): string {
  // JSON knows no Infinity: an unknown end is written as null.
  return JSON.stringify({ v: VERSION, id, tokens, refreshAt })
}

/** The session in a stored string; `null` where it is anything else, whatever it is. */
export function readRecord(text: string | null): SessionRecord | null {
  if (typeof text !== 'string' || text.length > LONGEST_RECORD) return null
  const { v, id, tokens, refreshAt } = parse(text)
  if (v !== VERSION || typeof id !== 'string' || !id || !isAuthTokens(tokens)) return null
  return { id, tokens: copyOf(tokens), refreshAt: typeof refreshAt === 'number' ? refreshAt : Infinity }
}

function parse(text: string): Record<string, unknown> {
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
