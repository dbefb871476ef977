import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { onTestFinished } from 'vitest'

/** A small server that answers as a real one was seen to. */
export interface Replica {
  readonly app: Hono
  readonly sessions: Sessions
}

/** A session, as a server keeps it. */
interface Session {
  access: string
  refresh: string
}

/** The sessions of a server: refresh tokens are rotated, and a spent one buys nothing. */
export class Sessions {
  /** Refreshes that were granted. */
  refreshes = 0
  /** Requests to the endpoint that refreshes, or that tells whether a session is alive. */
  asked = 0
  readonly #sessions = new Set<Session>()
  readonly #make: (kind: 'access' | 'refresh', serial: number) => string
  #serial = 0

  constructor(make = (kind: string, serial: number) => `${kind}-${serial}`) {
    this.#make = make
  }

  /** How many are alive. */
  get alive(): number {
    return this.#sessions.size
  }

  begin(): Session {
    const session = this.#pair()
    this.#sessions.add(session)
    return session
  }

  /** The session that an access token belongs to, while that lives. */
  by(access: string | undefined): Session | undefined {
    return [...this.#sessions].find((session) => session.access === access)
  }

  /** The session that a refresh token belongs to. */
  of(refresh: unknown): Session | undefined {
    return [...this.#sessions].find((session) => session.refresh === refresh)
  }

  /** New tokens for a refresh token; nothing for one that is spent. */
  renew(refresh: unknown): Session | undefined {
    const session = this.of(refresh)
    return session && this.#renewed(session)
  }

  /** A new access token, where servers do not rotate the other one. */
  reissue(refresh: unknown): Session | undefined {
    const session = this.renew(refresh)
    return session && Object.assign(session, { refresh })
  }

  /** A new token for one that may have died, where servers know no other kind. */
  trade(access: string | undefined): Session | undefined {
    const session = [...this.#sessions].find((one) => one.access.replace('dead ', '') === access)
    return session && this.#renewed(session)
  }

  /** Ends the session of a token of either kind. */
  end(token: unknown): boolean {
    const session = [...this.#sessions].find(({ access, refresh }) => access === token || refresh === token)
    return session !== undefined && this.#sessions.delete(session)
  }

  /** Makes every access token dead, before its time. */
  expire(): void {
    for (const session of this.#sessions) session.access = `dead ${session.access}`
  }

  /** Ends all, behind the back of the app. */
  revoke(): void {
    this.#sessions.clear()
  }

  #pair(): Session {
    const serial = ++this.#serial
    return { access: this.#make('access', serial), refresh: this.#make('refresh', serial) }
  }

  #renewed(session: Session): Session {
    this.refreshes += 1
    return Object.assign(session, this.#pair())
  }
}

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (header: string | undefined) => header?.match(/^Bearer (.+)$/)?.[1]

/** Starts a replica for the current test, and gives its origin. */
export async function start({ app }: Replica): Promise<string> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server
  if (!server.listening) await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
