import { describe, expect, test } from 'vitest'
import { times } from '../support/outcomes.ts'
import { oidcReferee } from '../support/real-tabs/oidc-referee.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import { playRounds } from '../support/real-tabs/rounds.ts'
import { haveSeparateProcesses } from '../support/real-tabs/separate-processes.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

/** How many rounds two tabs play; five tabs play a fifth of them. */
const ROUNDS = Number(process.env.TAB_ROUNDS ?? 15)

/** In ms, for a slow machine. */
const PATIENCE = 20_000 + ROUNDS * 1_000

const REFEREES = [
  { name: 'an OpenID provider', start: oidcReferee },
  { name: "the playground's server", start: playgroundReferee },
]

describe.each(REFEREES)('tabs that refresh at the same moment, with $name', ({ start }) => {
  const tabs = useRealTabs(start)

  test.each([
    { count: 2, rounds: ROUNDS },
    { count: 5, rounds: Math.ceil(ROUNDS / 5) },
  ])(
    '$count of them keep the session through $rounds rounds, with one refresh each',
    async ({ count, rounds }) => {
      const profile = await tabs.visit()
      const open = await Promise.all(times(count, () => profile.open()))
      expect(await haveSeparateProcesses(open, tabs.pages)).toBe(true)

      const figures = await playRounds(open, tabs.referee, rounds)

      expect(figures).toEqual({ rounds, refreshes: rounds, reuses: 0, lost: 0, unanswered: 0, uneven: 0 })
      const kept = await Promise.all(open.map((tab) => tab.run(() => window.tab.refreshToken())))
      expect(new Set(kept).size).toBe(1)
      expect(await tabs.referee.takes(kept[0] ?? null), 'the last refresh token is alive').toBe(true)
    },
    PATIENCE,
  )
})
