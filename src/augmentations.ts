import type { AxiosInstance } from 'axios'
import type { AuthUser, Awaitable } from './types.ts'
import type { RouteLocationNormalized } from './vue-router.ts'

declare module 'axios' {
  interface AxiosRequestConfig {
    /**
     * Whether the session takes part in this request. `false`: no token, no waiting, no refresh, no replay.
     *
     * @default true
     */
    withAuth?: boolean
    /**
     * The session that this config was first sent under. Sent again under another one, the request is rejected with
     * `ERR_AUTH_SESSION_CHANGED`: delete it to send the config again on purpose.
     */
    sessionId?: string | undefined
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
     * Who may see the route. `true` asks for a session, and waits for its user; `'guest'` asks for none; a function is
     * asked once there is a session and its user has loaded, and only `true` lets the visitor in; `false` is public by
     * intent: the end of a session does not move the visitor away.
     */
    auth?: boolean | 'guest' | ((user: AuthUser | null, to: RouteLocationNormalized) => Awaitable<boolean>)
    /**
     * Which identity judges the route.
     *
     * @default 'authAxios'
     */
    authId?: string
  }
}
