import type { AxiosInstance } from 'axios'
import type { Vault } from '../storage/vault.ts'
import type { TabLinks } from '../tabs/links.ts'
import type { AuthTokens, SessionEndDetails, SessionEndReason } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { Asking } from './ask.ts'

/** How a session that begins or ends moves the visitor; does nothing where there is no router. Never rejects. */
export interface Navigation {
  /**
   * After a login here: to a route; by default, and with `true`, along the return path, else from a login or guest route
   * home. `false` stays.
   */
  afterLogin(redirect?: RouteLocationRaw | boolean): Promise<void>
  /** After a login in another tab: a login or guest route is left along the return path, else for home. Any other stays. */
  followLogin(): Promise<void>
  /** After a logout here: to a route, by default the login route, without a return path. `false` stays. */
  afterLogout(redirect?: RouteLocationRaw | false): Promise<void>
  /** After any other end of the session, here or in another tab: to the login route, with the return path. */
  afterEnd(): Promise<void>
}

/** What the store of one identity works with, in one application. */
export interface AuthContext extends Asking {
  id: string
  /** In seconds. */
  leeway: number
  vault: Vault
  /** The ways to other tabs; none: this one is on its own. */
  links: TabLinks | undefined
  navigation: Navigation
  /** The registered instance. */
  http: AxiosInstance
  /** An instance like the registered one that sends these tokens, whatever the session. */
  withTokens(tokens: AuthTokens): AxiosInstance
  onSessionEnd?: ((reason: SessionEndReason, details: SessionEndDetails) => void) | undefined
  /** Whether the page shows what a server has rendered, until the application is mounted. */
  isHydrating?: boolean
  /** Tells the application of an error that has no caller. */
  report(error: unknown): void
}
