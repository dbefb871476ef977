import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** How long a session lives, and with it the cookie that keeps it, in seconds. */
export const SESSION_LIFETIME = 30 * 24 * 60 * 60

/** A session, and the refresh token that continues it. */
export interface SessionGrant {
  sessionId: string
  userId: number
  refreshToken: string
}

/** What came of a refresh token: the next one, a reuse that ended its session, or a token that is good for nothing. */
export type Rotation = SessionGrant | 'reused' | 'unknown'

/** Keeps sessions. Refresh tokens are opaque, stored as hashes, and serve once. */
export interface Sessions {
  start(userId: number): SessionGrant
  /** Trades a refresh token for its successor. */
  rotate(refreshToken: string): Rotation
  end(sessionId: string): void
  /** Ends the session a refresh token belongs to, used or not. */
  endBy(refreshToken: string): void
  /** Resolves a session that is alive to its user. */
  userOf(sessionId: string): number | undefined
}

interface TokenRow {
  session_id: string
  user_id: number
  used_at: number | null
  ended_at: number | null
}

const ALIVE = 'ended_at is null and started_at > ?'

/** Keeps the sessions of a database, and forgets those that are past their lifetime. */
export function createSessions(database: DatabaseSync): Sessions {
  database.prepare('delete from sessions where started_at <= ?').run(oldest())

  const insertSession = database.prepare('insert into sessions (id, user_id, started_at) values (?, ?, ?)')
  const insertToken = database.prepare('insert into refresh_tokens (hash, session_id) values (?, ?)')
  const use = database.prepare('update refresh_tokens set used_at = ? where hash = ?')
  const endById = database.prepare('update sessions set ended_at = ? where id = ? and ended_at is null')
  const aliveById = database.prepare(`select user_id from sessions where id = ? and ${ALIVE}`)
  const tokenByHash = database.prepare(`
    select session_id, user_id, used_at, ended_at from refresh_tokens
    join sessions on sessions.id = session_id
    where hash = ? and started_at > ?
  `)

  function issue(sessionId: string, userId: number): SessionGrant {
    const refreshToken = randomBytes(32).toString('base64url')
    insertToken.run(hashOf(refreshToken), sessionId)
    return { sessionId, userId, refreshToken }
  }

  function find(refreshToken: string): TokenRow | undefined {
    return tokenByHash.get(hashOf(refreshToken), oldest()) as TokenRow | undefined
  }

  function start(userId: number): SessionGrant {
    const sessionId = randomUUID()
    return inTransaction(database, () => {
      insertSession.run(sessionId, userId, Date.now())
      return issue(sessionId, userId)
    })
  }

  function rotate(refreshToken: string): Rotation {
    return inTransaction(database, () => {
      const token = find(refreshToken)
      if (!token) return 'unknown'
      // Whoever holds a used token, its owner or a thief, holds a copy: neither keeps the session (RFC 9700, 4.14.2).
      if (token.used_at !== null) {
        end(token.session_id)
        return 'reused'
      }
      if (token.ended_at !== null) return 'unknown'
      use.run(Date.now(), hashOf(refreshToken))
      return issue(token.session_id, token.user_id)
    })
  }

  function end(sessionId: string): void {
    endById.run(Date.now(), sessionId)
  }

  function endBy(refreshToken: string): void {
    const token = find(refreshToken)
    if (token) end(token.session_id)
  }

  function userOf(sessionId: string): number | undefined {
    const row = aliveById.get(sessionId, oldest()) as { user_id: number } | undefined
    return row?.user_id
  }

  return { start, rotate, end, endBy, userOf }
}

function oldest(): number {
  return Date.now() - SESSION_LIFETIME * 1_000
}

function hashOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url')
}

/** Two servers on one file must not both take a token for unused. */
function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
