import { randomBytes, randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'

/** Issues and checks access tokens. */
export interface AccessTokens {
  /** How long a token serves, in seconds. */
  readonly ttl: number
  /** Issues a token for a session; no two are alike. */
  issue(sessionId: string, userId: number): Promise<string>
  /** Issues one that looks alive and is refused, as after a revocation. */
  issueRefused(sessionId: string, userId: number): Promise<string>
  /** Resolves with the session of a token, unless it is expired or not one of ours. */
  verify(token: string): Promise<string | undefined>
  /** Ends every token that was issued so far. */
  expireAll(): void
}

/** Makes the issuer of access tokens: JWTs, signed with a key that lives as long as the process. */
export function createAccessTokens(ttl: number): AccessTokens {
  let key = randomBytes(32)

  function sign(sessionId: string, userId: number, secret: Uint8Array): Promise<string> {
    const now = Date.now() / 1_000
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(String(userId))
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + ttl)
      .sign(secret)
  }

  const issue = (sessionId: string, userId: number) => sign(sessionId, userId, key)
  const issueRefused = (sessionId: string, userId: number) => sign(sessionId, userId, randomBytes(32))

  async function verify(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
      // jose compares whole seconds, which is a long time for a token that lives for one.
      const alive = payload.exp !== undefined && Date.now() < payload.exp * 1_000
      return alive && typeof payload['sid'] === 'string' ? payload['sid'] : undefined
    } catch {
      return undefined
    }
  }

  function expireAll(): void {
    key = randomBytes(32)
  }

  return { ttl, issue, issueRefused, verify, expireAll }
}
