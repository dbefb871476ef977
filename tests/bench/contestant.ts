import type { CreateAxiosDefaults } from 'axios'

/** Tokens as a client holds them. */
export interface Tokens {
  /** A JWT: what it says of its end is `expiresAt`, in whole seconds. */
  accessToken: string
  refreshToken: string
  /** In ms since the epoch. */
  expiresAt: number
}

/** What a contestant finds: somebody has signed in. */
export interface World {
  /** Settings of every axios instance it makes: where the server is, and how to get there. */
  axios: CreateAxiosDefaults & { baseURL: string }
  tokens: Tokens
  /** Whether to go by the end of the token instead of by 401s, where a contestant makes that a choice. */
  goesByClock: boolean
}

/** What every contestant makes of it. */
export interface Client {
  get(path: string): Promise<unknown>
}

/** A way to send requests under a session. */
export interface Contestant {
  start(world: World): Client | Promise<Client>
}
