import type { AxiosInstance } from 'axios'
import type { AuthTokens, SessionEndDetails, SessionEndReason } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { Asking } from './ask.ts'
import type { Homes } from './homes.ts'

/** How a session that begins or ends moves the visitor; does nothing where there is no router. */
export interface Navigation {
  /** After a login: to a route, or along the return path (`true`). `false` stays. */
  afterLogin(redirect?: RouteLocationRaw | boolean): Promise<void>
  /** After a login in another tab: away from a login or guest route alone. */
  followLogin(): Promise<void>
  /** After a logout: to a route, or to the login page. `false` stays. */
  afterLogout(redirect?: RouteLocationRaw | false): Promise<void>
  /** After a session has expired, or has ended in another tab: to the login page, with the return path. */
  afterEnd(): Promise<void>
}

/** What the session of one identity works with, in one application. */
export interface AuthContext extends Asking {
  id: string
  /** In seconds. */
  leeway: number
  homes: Homes
  navigation: Navigation
  /** The registered instance. */
  http: AxiosInstance
  /** An instance like the registered one that sends these tokens, whatever the session. */
  withTokens(tokens: AuthTokens | null): AxiosInstance
  onSessionEnd?: ((reason: SessionEndReason, details: SessionEndDetails) => void) | undefined
  /** Whether the page shows what a server has rendered, until the application is mounted. */
  isHydrating?: boolean
  /** Whether there is a page; without one nothing is resumed. */
  hasPage: boolean
  /** Tells the application of an error that has no caller. */
  report(error: unknown): void
  /** Says what a refused refresh may have been about; there in development alone. */
  explain?: ((error: unknown) => void) | undefined
}
