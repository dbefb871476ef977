import type { User } from './server/users.ts'

declare module 'vue-auth-axios' {
  interface TypesConfig {
    user: User
  }
}
