import { httpBackend } from 'vue-auth-axios'
import type { AuthConfig } from 'vue-auth-axios/nuxt'

export default {
  backend: httpBackend({ user: '/auth/me' }),
  onSessionEnd: (reason) => {
    // A composable: hooks are called in Nuxt's context.
    useState('ends', () => [] as string[]).value.push(reason)
  },
} satisfies AuthConfig
