import type { AuthTokens } from '../types.ts'

/** Whether the end of a token is known and has passed. */
export const hasExpired = ({ expiresAt }: AuthTokens): boolean =>
  expiresAt !== undefined && expiresAt <= Date.now()

/**
 * From when on a token is refreshed beside the requests that use it, in ms since the epoch: `leeway` seconds before its
 * end, but never before half of what is left of it has passed. `Infinity` where its end is not known.
 *
 * Up to half a leeway earlier, by chance: tokens that were issued together would else all be refreshed at once.
 */
export function refreshDueAt({ expiresAt }: AuthTokens, leeway: number, chance = Math.random()): number {
  if (expiresAt === undefined) return Infinity
  return expiresAt - Math.min(leeway * 1000 * (1 + chance / 2), Math.max(0, expiresAt - Date.now()) / 2)
}
