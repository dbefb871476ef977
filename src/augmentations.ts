import type { AxiosInstance } from 'axios'
import type { AuthUser } from './types.ts'
import type { RouteLocationNormalized } from './vue-router.ts'

declare module 'axios' {
  interface AxiosRequestConfig {
    /**
     * Whether the session takes part in this request. `false`: no token, no waiting, no refresh, no replay.
     *
     * @default true
     */
    withAuth?: boolean
  }
}

declare module 'vue' {
  interface ComponentCustomProperties {
    /** The first installed instance. */
    $http: AxiosInstance
  }
}

declare module 'vue-router' {
  interface RouteMeta {
    /**
     * Who may see the route. `true` asks for a session, `'guest'` for none, a function is asked once there is a session
     * and its user has loaded, `false` is public by intent: the end of a session does not move the visitor away.
     */
    auth?: boolean | 'guest' | ((user: AuthUser | null, to: RouteLocationNormalized) => boolean)
    /**
     * Which identity judges the route.
     *
     * @default 'auth'
     */
    authId?: string
  }
}
