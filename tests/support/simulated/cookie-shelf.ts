import type { InternalAxiosRequestConfig } from 'axios'
import type { WireReply } from '../model-server.ts'

/** The HttpOnly cookies in which all tabs of a browser have their refresh token, and their access token where no script sees it. */
export class CookieShelf {
  refresh: string | null = null
  access: string | null = null
  readonly #isHidden: boolean

  /** @param isHidden whether no script sees the access token either */
  constructor(isHidden = false) {
    this.#isHidden = isHidden
  }

  /** The body of a request as the server reads it, with the cookie of this moment. */
  sent(path: string, { data }: InternalAxiosRequestConfig): string | undefined {
    if (path !== '/auth/refresh' && path !== '/auth/logout') return undefined
    return JSON.stringify({ ...Object(JSON.parse(String(data ?? '{}'))), refresh_token: this.refresh ?? '' })
  }

  /** An answer as the tab reads it; its cookies stay here. */
  received(path: string, reply: WireReply): WireReply {
    if (!path.startsWith('/auth/') || path === '/auth/me' || reply.status !== 200) return reply
    if (path === '/auth/logout') {
      this.clear()
      return reply
    }
    const { refresh_token: refresh, ...rest } = Object(JSON.parse(reply.body)) as Record<string, unknown>
    if (typeof refresh === 'string') this.refresh = refresh
    if (!this.#isHidden) return { ...reply, body: JSON.stringify(rest) }
    this.access = String(rest.access_token)
    return { ...reply, body: JSON.stringify({ session: this.access }) }
  }

  /** The visitor clears the data of the site. */
  clear(): void {
    this.refresh = null
    this.access = null
  }
}
