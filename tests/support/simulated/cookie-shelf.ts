import type { InternalAxiosRequestConfig } from 'axios'
import type { WireReply } from '../model-server.ts'

/** The HttpOnly cookie in which all tabs of a browser have their refresh token. */
export class CookieShelf {
  refresh: string | null = null

  /** The body of a request as the server reads it, with the cookie of this moment. */
  sent(path: string, { data }: InternalAxiosRequestConfig): string | undefined {
    if (path !== '/auth/refresh' && path !== '/auth/logout') return undefined
    return JSON.stringify({ ...Object(JSON.parse(String(data ?? '{}'))), refresh_token: this.refresh ?? '' })
  }

  /** An answer as the tab reads it; its cookie stays here. */
  received(path: string, reply: WireReply): WireReply {
    if (!path.startsWith('/auth/') || path === '/auth/me' || reply.status !== 200) return reply
    if (path === '/auth/logout') {
      this.refresh = null
      return reply
    }
    const { refresh_token: refresh, ...rest } = Object(JSON.parse(reply.body)) as Record<string, unknown>
    if (typeof refresh === 'string') this.refresh = refresh
    return { ...reply, body: JSON.stringify(rest) }
  }
}
