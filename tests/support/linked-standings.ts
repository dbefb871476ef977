import { type Standings, createStandings } from '../../src/session/standings.ts'
import type { Standing } from '../../src/standing.ts'
import { createVault } from '../../src/storage/vault.ts'
import type { TabLinks } from '../../src/tabs/links.ts'

/** The standings of a tab among others of which all that is known is what they hold. */
export interface LinkedStandings {
  readonly standings: Standings
  /** What the other tabs hold, by scope. */
  readonly others: Map<string, Standing>
  /** What this tab has held, in order. */
  readonly held: Array<[scope: string, standing: Standing]>
}

const bounds = { timeout: 1_000, stop: new AbortController().signal }

/** Makes the standings of a tab that stores nothing; without links it is on its own. */
export const loneStandings = (links?: TabLinks): Standings =>
  createStandings(createVault({ key: 'auth', areas: {}, bounds, report: () => {} }), links)

/** Makes the standings of a tab that is linked to others. */
export function linkedStandings(): LinkedStandings {
  const others = new Map<string, Standing>()
  const held: LinkedStandings['held'] = []
  const standings = loneStandings({
    locks: {
      alone: (_bounds, work) => work(),
      hold: async (scope, standing) => void held.push([scope, standing]),
      newest: async (scope) => others.get(scope) ?? null,
      release: () => {},
    },
    subscribe: () => ({ tell: () => {}, close: () => {} }),
  })
  return { standings, others, held }
}
