import axios from 'axios'
import type { Tokens, World } from '../contestant.ts'

/** What the token endpoint says. */
interface Reply {
  access_token: string
  refresh_token: string
  expires_in: number
}

/** Asks the token endpoint with a plain axios, for the contestants that leave this to the application. */
export async function askForTokens(world: World, refreshToken: string): Promise<Tokens> {
  const { data } = await axios
    .create(world.axios)
    .post<Reply>('/auth/refresh', { refresh_token: refreshToken })
  return {
    accessToken: data.access_token,
    refreshToken: data.refresh_token,
    expiresAt: Date.now() + data.expires_in * 1000,
  }
}
