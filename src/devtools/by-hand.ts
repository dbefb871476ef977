import { AuthError } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** Lets the access token be known to be dead, in this tab; says whether there was one to see. */
export function expireToken(session: Session): boolean {
  const { tokens, generation, refused } = session
  if (!tokens) return false
  session.renew({ tokens: { ...tokens, expiresAt: Date.now() }, refreshAt: 0, generation })
  session.refused = refused
  return true
}

/** Lets the next need of a refresh be refused, as a server would; nothing is sent. */
export function refuseRefresh(session: Session): void {
  const cause = new Error('Refused by hand, in the devtools.')
  session.refused = new AuthError('ERR_AUTH_EXPIRED', { cause })
}
