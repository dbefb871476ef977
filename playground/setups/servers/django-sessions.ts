import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

const paths = { csrf: '/csrf/', login: '/login/', logout: '/logout/', user: '/me/' }

/** Django REST framework with `SessionAuthentication`: it answers 403 where others say 401. */
export const djangoSessions = {
  axios: { baseURL: '/api', xsrfCookieName: 'csrftoken', xsrfHeaderName: 'X-CSRFToken' },
  backend: httpBackend({ ...paths, cookie: 'session', refresh: false }),
  shouldRefresh: ({ status }) => status === 401 || status === 403,
} satisfies AuthAxiosOptions
