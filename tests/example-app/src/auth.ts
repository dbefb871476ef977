import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

/** The session of the app; its tests use the same. */
export const authOptions: AuthAxiosOptions = {
  axios: { baseURL: '/shop-api' },
  backend: httpBackend({ user: '/auth/me' }),
}
