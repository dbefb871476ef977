/** A request as the server gets it. */
export interface WireRequest {
  /** With its query. */
  readonly path: string
  readonly authorization: string | null
  readonly body: string
}

/** An answer as the server sends it. */
export interface WireReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the server trades a refresh token for: a new pair, or an access token alone. */
export type Reading = 'rotates' | 'keeps'

/** What a sign-in asks for, besides being let in. */
export interface ModelCredentials {
  /** Names the grant. */
  readonly name: string
  readonly login: 'let in' | 'wrong password' | 'broken' | 'malformed'
  readonly user: 'known' | 'broken'
}

/** A session as the server knows it. */
export interface Grant {
  readonly id: number
  readonly name: string
  readonly user: ModelCredentials['user']
  /** Which of its access tokens is the current one, counted from 1. */
  turn: number
  /** When its access token ends, on the server's clock. */
  ends: number
  refresh: string
  readonly spent: Set<string>
  revoked: boolean
}

export const jsonReply = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): WireReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const accessOf = ({ id, turn }: Grant) => `AT-${id}-${turn}`

/**
 * A server inside the test, as strict as RFC 9700 section 4.14.2 allows: a refresh ends the access token before it,
 * refresh tokens rotate, and a spent one that comes again revokes its session. It answers at once; its clock is the
 * monotonic one.
 */
export class ModelServer {
  /** Is called with every spent refresh token that comes again. */
  onReuse: (token: string) => void = () => {}
  /** For how long its access tokens are let in, in seconds; `null`: until a refresh, and it does not say so. */
  readonly #lifetime: number | null
  /** Whether a logout is refused where its access token is dead. */
  readonly #isLogoutGuarded: boolean
  readonly #grants: Grant[] = []

  constructor(lifetime: number | null, isLogoutGuarded = false) {
    this.#lifetime = lifetime
    this.#isLogoutGuarded = isLogoutGuarded
  }

  /** Signs somebody in without a request. */
  grant(name: string, user: ModelCredentials['user'] = 'known'): Record<string, unknown> {
    const id = this.#grants.length + 1
    const grant: Grant = {
      id,
      name,
      user,
      turn: 1,
      ends: this.#end(),
      refresh: `RT-${id}-1`,
      spent: new Set(),
      revoked: false,
    }
    this.#grants.push(grant)
    return this.#reply(grant, true)
  }

  /** Ends every access token that there is. */
  expire(): void {
    for (const grant of this.#grants) grant.ends = 0
  }

  /** The session behind a token of either kind, also where it is no longer good for anything. */
  ownerOf(token: string): Grant | null {
    const [, id] = /^[AR]T-(\d+)-/.exec(token) ?? []
    return this.#grants[Number(id) - 1] ?? null
  }

  /** Answers a request. */
  receive({ path, authorization, body }: WireRequest, reading: Reading = 'rotates'): WireReply {
    if (path === '/auth/login') return this.#login(JSON.parse(body) as ModelCredentials)
    if (path === '/auth/refresh')
      return this.#refresh(String(Object(JSON.parse(body)).refresh_token), reading)
    if (path === '/auth/logout' && !this.#isLogoutGuarded) return jsonReply(200, {})
    const [, access = ''] = /^Bearer (.*)/.exec(authorization ?? '') ?? []
    const grant = this.ownerOf(access)
    const isLetIn = grant && !grant.revoked && accessOf(grant) === access && grant.ends > performance.now()
    if (path === '/auth/logout') return isLetIn ? jsonReply(200, {}) : this.#unauthorised(path)
    if (path === '/auth/me') {
      if (!isLetIn) return this.#unauthorised(path)
      return grant.user === 'known' ? jsonReply(200, { grant: grant.id }) : jsonReply(500, { path })
    }
    return this.#item(path, Boolean(isLetIn))
  }

  #item(path: string, isLetIn: boolean): WireReply {
    const { searchParams } = new URL(path, 'http://model.test')
    const want = searchParams.get('want')
    if (!isLetIn || want === 'denied') return this.#unauthorised(path)
    if (want === 'narrow') {
      return jsonReply(401, { path }, { 'www-authenticate': 'Bearer error="insufficient_scope"' })
    }
    if (want === 'forbidden') return jsonReply(403, { path })
    return want === 'broken' ? jsonReply(500, { path }) : jsonReply(200, { path })
  }

  #unauthorised(path: string): WireReply {
    return jsonReply(401, { path }, { 'www-authenticate': 'Bearer error="invalid_token"' })
  }

  #login({ name, login, user }: ModelCredentials): WireReply {
    if (login === 'wrong password') return jsonReply(401, { error: login })
    if (login === 'broken') return jsonReply(500, { error: login })
    const reply = this.grant(name, user)
    return jsonReply(200, login === 'malformed' ? {} : reply)
  }

  #refresh(token: string, reading: Reading): WireReply {
    const grant = this.ownerOf(token)
    if (grant?.spent.has(token) && !grant.revoked) {
      this.onReuse(token)
      grant.revoked = true
    }
    if (!grant || grant.revoked) return jsonReply(400, { error: 'invalid_grant' })
    grant.turn++
    grant.ends = this.#end()
    if (reading === 'keeps') return jsonReply(200, this.#reply(grant, false))
    grant.spent.add(token)
    grant.refresh = `RT-${grant.id}-${grant.turn}`
    return jsonReply(200, this.#reply(grant, true))
  }

  #end(): number {
    return this.#lifetime === null ? Infinity : performance.now() + this.#lifetime * 1000
  }

  #reply(grant: Grant, withRefresh: boolean): Record<string, unknown> {
    return {
      access_token: accessOf(grant),
      token_type: 'Bearer',
      ...(withRefresh && { refresh_token: grant.refresh }),
      ...(this.#lifetime !== null && { expires_in: this.#lifetime }),
    }
  }
}
