/** What the API tells of a visitor. */
export interface Me {
  id: number
  role: string
}

declare module 'vue-auth-axios' {
  interface TypesConfig {
    user: Me
    credentials: { username: string; password: string }
  }
}
