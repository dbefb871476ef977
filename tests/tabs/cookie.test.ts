import { describe, expect, test } from 'vitest'
import { times } from '../support/outcomes.ts'
import { logIn } from '../support/real-tabs/people.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { RemoteTab } from '../support/real-tabs/protocol.ts'
import { playRounds } from '../support/real-tabs/rounds.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

/** How many rounds two tabs play; five tabs play a fifth of them. */
const ROUNDS = Math.ceil(Number(process.env.TAB_ROUNDS ?? 15) / 2)

/** In ms, for a slow machine. */
const PATIENCE = 20_000 + ROUNDS * 1_000

/** Signs in in one tab; the others resume from the cookie. */
async function signIn([first, ...others]: RemoteTab[]): Promise<void> {
  await logIn(first!)
  await Promise.all(others.map((tab) => tab.until(() => window.tab.store.isAuthenticated)))
}

describe('a session that the server keeps in a cookie', () => {
  const tabs = useRealTabs(() => playgroundReferee({ cookie: true }))

  test.each([
    { count: 2, rounds: ROUNDS },
    { count: 5, rounds: Math.ceil(ROUNDS / 5) },
  ])(
    'survives $count tabs that refresh at the same moment, one after another, for $rounds rounds',
    async ({ count, rounds }) => {
      const profile = await tabs.visit()
      const open = await Promise.all(times(count, () => profile.open()))

      const figures = await playRounds(open, tabs.referee, rounds, signIn)

      // Nothing is stored, so there is nothing to adopt: each tab gets an access token of its own.
      expect(figures).toMatchObject({ refreshes: rounds * count, reuses: 0, lost: 0, unanswered: 0 })
      expect(await open[0]!.storedTokens(tabs.referee.checkpoint.tokens)).toEqual([])
    },
    PATIENCE,
  )
})
