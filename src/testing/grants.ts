import { testingTokens } from './tokens.ts'

/** Somebody's session, as a server keeps it. */
export interface Grant<User> {
  readonly user: User
  isOver: boolean
}

/** What a server answers to a login or a refresh. */
export interface GrantReply {
  access_token: string
  refresh_token?: string
  token_type: 'Bearer'
  /** In seconds. */
  expires_in: number
}

/** What a server knows of the tokens it has issued. */
export interface Grants<User> {
  /** Issues the next tokens of a session. */
  issue(grant: Grant<User>, isRotated: boolean): GrantReply
  /** Takes a refresh token; `'reused'` for one that was spent before, `null` for one that is refused. */
  spend(refreshToken: string, isRotated: boolean): Grant<User> | 'reused' | null
  /** Whose a living access token is. */
  userOf(accessToken: string): User | null
  /** Ends the session of an access token. */
  end(accessToken: string): void
  expire(): void
  refuse(): void
  reset(): void
}

/** A token that was issued: the later, the higher its turn. */
interface Issued<User> {
  readonly grant: Grant<User>
  readonly turn: number
}

/** What `createTestingAuth` makes up for itself, after the tokens it begins with. */
const MADE_BY_CLIENT = /^testing-access-(?!1$)/

/**
 * Keeps the sessions of a server. A token it has never seen is one of the first user's: a test may begin with whatever
 * tokens it likes.
 */
export function createGrants<User>(first: User): Grants<User> {
  let turn = 0
  let expired = -1
  let refused = -1
  const known = new Map<string, Issued<User>>()
  const spent = new Set<string>()

  /** The session that `createTestingAuth` begins. */
  function seed(): void {
    const { accessToken, refreshToken = '' } = testingTokens(1)
    const issued = { grant: { user: first, isOver: false }, turn: 0 }
    known.set(accessToken, issued).set(refreshToken, issued)
  }

  function issuedAs(token: string): Issued<User> {
    const found = known.get(token)
    if (found) return found
    const issued = {
      grant: { user: first, isOver: false },
      turn: MADE_BY_CLIENT.test(token) ? ++turn : 0,
    }
    known.set(token, issued)
    return issued
  }

  seed()

  return {
    issue(grant, isRotated) {
      turn++
      const reply: GrantReply = { access_token: `api-access-${turn}`, token_type: 'Bearer', expires_in: 3600 }
      if (isRotated) reply.refresh_token = `api-refresh-${turn}`
      for (const token of [reply.access_token, reply.refresh_token]) {
        if (token) known.set(token, { grant, turn })
      }
      return reply
    },
    spend(refreshToken, isRotated) {
      const { grant, turn: mine } = issuedAs(refreshToken)
      if (spent.has(refreshToken)) {
        grant.isOver = true
        return 'reused'
      }
      if (grant.isOver || mine <= refused) return null
      if (isRotated) spent.add(refreshToken)
      return grant
    },
    userOf(accessToken) {
      if (!accessToken) return null
      const { grant, turn: mine } = issuedAs(accessToken)
      return grant.isOver || mine <= expired ? null : grant.user
    },
    end(accessToken) {
      if (accessToken) issuedAs(accessToken).grant.isOver = true
    },
    expire() {
      expired = turn
    },
    refuse() {
      refused = turn
    },
    reset() {
      expired = -1
      refused = -1
      known.clear()
      spent.clear()
      seed()
    },
  }
}
