import { type AuthAxiosOptions, type AuthBackend, httpBackend } from 'vue-auth-axios'

const paths = { login: '/auth/sign-in/email', logout: { url: '/auth/sign-out', data: () => ({}) } }
const user = { url: '/auth/get-session', select: (body: { user?: object }) => body.user }

/** better-auth with its session cookie. */
export const betterAuthCookie = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ ...paths, user, cookie: 'session', refresh: false }),
} satisfies AuthAxiosOptions

/** better-auth with its `bearer` plugin: one opaque token, which the server itself prolongs. */
export const betterAuthBearer = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ ...paths, user, refresh: false }),
} satisfies AuthAxiosOptions

/** The session cookie buys the tokens. */
const jwt = httpBackend({ ...paths, user, cookie: true, refresh: { url: '/auth/token', method: 'GET' } })

/** better-auth with its `jwt` plugin, for APIs that take its JWTs. The `token` that its login answers is none of them. */
export const betterAuthJwt = {
  axios: { baseURL: '/api' },
  backend: {
    ...jwt,
    async login(credentials, context) {
      await jwt.login?.(credentials, context)
      return (await jwt.refresh(null, context)) ?? {}
    },
  } satisfies AuthBackend,
} satisfies AuthAxiosOptions
