import type { AuthTokens } from '../types.ts'

/** The tokens of one turn; the first ones are those that a session of a test begins with. */
export const testingTokens = (turn: number): AuthTokens => ({
  accessToken: `testing-access-${turn}`,
  refreshToken: `testing-refresh-${turn}`,
})
