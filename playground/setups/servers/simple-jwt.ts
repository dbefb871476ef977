import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

const token = { login: '/token/', refresh: '/token/refresh/', refreshField: 'refresh' }

/** Django REST framework with SimpleJWT, its `token_blacklist` and a view `me/`. Sign in with `{ username, password }`. */
export const simpleJwt = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ ...token, logout: { url: '/token/blacklist/', token: false }, user: '/me/' }),
} satisfies AuthAxiosOptions
