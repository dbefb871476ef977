import type { AccessTokens } from './access-token.ts'
import type { SessionGrant, Sessions } from './sessions.ts'
import type { Stats } from './stats.ts'
import type { Users } from './users.ts'

/** What a sign-in or a refresh brings, however it is delivered. */
export interface Grant {
  accessToken: string
  refreshToken: string
  /** In seconds. */
  expiresIn: number
}

/** The body of an answer that brings tokens. */
export interface GrantReply {
  access_token: string
  /** Absent where the server keeps it in a cookie. */
  refresh_token?: string
  token_type: 'Bearer'
  /** In seconds. */
  expires_in: number
}

/** The ways into a session and through it; the routes differ only in how they carry the refresh token. */
export interface Grants {
  signIn(username: string, password: string): Promise<Grant | undefined>
  refresh(refreshToken: string): Promise<Grant | undefined>
  /** A session of the first user, without a password, whose access token is refused already. */
  startExpired(): Promise<Grant>
}

/** Joins users, sessions and access tokens into grants. */
export function createGrants(
  users: Users,
  sessions: Sessions,
  accessTokens: AccessTokens,
  stats: Stats,
): Grants {
  async function complete({ sessionId, userId, refreshToken }: SessionGrant): Promise<Grant> {
    const accessToken = await accessTokens.issue(sessionId, userId)
    return { accessToken, refreshToken, expiresIn: accessTokens.ttl }
  }

  async function signIn(username: string, password: string): Promise<Grant | undefined> {
    const user = await users.authenticate(username, password)
    if (!user) return undefined
    stats.logins++
    return complete(sessions.start(user.id))
  }

  async function refresh(refreshToken: string): Promise<Grant | undefined> {
    const rotation = sessions.rotate(refreshToken)
    if (rotation === 'reused') stats.reuses++
    return typeof rotation === 'string' ? undefined : complete(rotation)
  }

  async function startExpired(): Promise<Grant> {
    const { sessionId, userId, refreshToken } = sessions.start(1)
    const accessToken = await accessTokens.issueRefused(sessionId, userId)
    return { accessToken, refreshToken, expiresIn: accessTokens.ttl }
  }

  return { signIn, refresh, startExpired }
}

/** Writes a grant the way RFC 6749, section 5.1, does. */
export function fullReply(grant: Grant): GrantReply {
  return { ...accessReply(grant), refresh_token: grant.refreshToken }
}

/** The same, without the refresh token. */
export function accessReply(grant: Grant): GrantReply {
  return { access_token: grant.accessToken, token_type: 'Bearer', expires_in: grant.expiresIn }
}
