import type { HttpBindings } from '@hono/node-server'
import type { User } from './users.ts'

/** What every handler finds on its context. */
export interface ApiEnv {
  Bindings: HttpBindings
  Variables: {
    /** Whose access token a protected request carried. */
    user: User
  }
}
