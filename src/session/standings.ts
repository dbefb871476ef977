import { type Standing, beganEarlier, firstStanding, latest } from '../standing.ts'
import type { StoredSession, Vault } from '../storage/vault.ts'
import type { TabLinks } from '../tabs/links.ts'

/** The scope of a session that all tabs share; the copies of a tab with a session of its own have the session's id. */
export const ALL = ''

/** Which session, and whether it outlives its tab. */
export type Kept = Pick<StoredSession, 'id' | 'remember'>

/** What is known of the sessions that tabs share. */
export interface Standings {
  /** The latest one that all tabs share: whatever came before is over. */
  readonly last: Standing | null
  /** Whether a session that all tabs share is over, or has given way to a later one. */
  isOver(session: Pick<Standing, 'id'>): boolean
  note(standing: Standing): void
  /** Names a session that begins here. */
  next(): Standing
  /** Lets every tab know what this one has, for as long as it is there. Resolves when they can tell. */
  hold(scope: string, standing: Standing): Promise<void>
  /** The newest that any tab holds. */
  newest(scope: string): Promise<Standing | null>
}

/** Makes the standings of one identity. */
export function createStandings(vault: Vault, links: TabLinks | undefined): Standings {
  let last: Standing | null = null

  function note(standing: Standing): void {
    vault.note(standing.generation)
    last = latest([last, standing])
  }

  return {
    get last() {
      return last
    },
    isOver: ({ id }) =>
      last !== null && (id === last.id ? last.ended !== undefined : beganEarlier(id, last.id)),
    note,
    next: () => firstStanding(vault.advance()),
    async hold(scope, standing) {
      if (scope === ALL) note(standing)
      else vault.note(standing.generation)
      await links?.locks.hold(scope, standing)
    },
    newest: async (scope) => (await links?.locks.newest(scope)) ?? null,
  }
}
