import type { AxiosInstance } from 'axios'
import type { Vault } from '../storage/vault.ts'
import type { TabLinks } from '../tabs/links.ts'
import type { AuthTokens, SessionEndDetails, SessionEndReason } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { Asking } from './ask.ts'

/** How a session that begins or ends moves the visitor; does nothing where there is no router. */
export interface Navigation {
  /** After a login: to a route, or along the return path. `false` stays. */
  afterLogin(redirect?: RouteLocationRaw | false): Promise<void>
  /** After the end of a session: to a route, or to the login page with the way back. `false` stays. */
  afterEnd(redirect?: RouteLocationRaw | false): Promise<void>
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
