import { refreshDueAt } from '../../src/token/lifetime.ts'
import type { AuthTokens } from '../../src/types.ts'

/** Says from when on a token is refreshed beside the requests that use it; `leeway` is in seconds. */
export type DueRule = (tokens: AuthTokens, leeway: number, random: () => number) => number

/** The leeway in ms, but at most half of what is left of the token. */
const effective = (expiresAt: number, leeway: number) =>
  Math.min(leeway * 1000, Math.max(0, expiresAt - Date.now()) / 2)

/** Draws the due time evenly from a window, whose ends are so many leeways before the token's. */
function between(from: number, to: number): DueRule {
  return ({ expiresAt = Infinity }, leeway, random) =>
    expiresAt - effective(expiresAt, leeway) * (from - random() * (from - to))
}

/** Every token is due a whole leeway before its end. */
export const jitterOff: DueRule = (tokens, leeway) => refreshDueAt(tokens, leeway, 0)

/** As the library has it: up to half a leeway earlier, by chance. */
export const jitterOn: DueRule = (tokens, leeway, random) => refreshDueAt(tokens, leeway, random())

/** What the jitter is and what else it could be, by what a table says of it. */
export const CANDIDATES: Record<string, DueRule> = {
  'none: all of the leeway before the end': jitterOff,
  'over half as much again ahead of it': jitterOn,
  'over as much again ahead of it': between(2, 1),
  'over the first half of the leeway': between(1, 1 / 2),
  'over all of it': between(1, 0),
  'over a tenth of the lifetime ahead of it': (tokens, leeway, random) =>
    jitterOff(tokens, leeway, random) - (random() * ((tokens.expiresAt ?? Infinity) - Date.now())) / 10,
}
