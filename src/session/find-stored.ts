import { isOverBy } from '../standing.ts'
import { type SessionRecord, readRecord } from '../storage/record.ts'
import type { AuthContext } from './context.ts'
import { type Home, findTokens, forget } from './home.ts'
import { Session } from './session.ts'

/** Makes the search for the session that is stored for this tab, or for all of them; it resolves with `null` where none is. */
export function createFinder({ backend, homes, stop }: AuthContext): () => Promise<Session | null> {
  const { shared } = homes

  /** The session that is stored for this tab, or for all of them. */
  async function findStored(): Promise<Session | null> {
    const own = await homes.findOwn()
    if (own?.tokens) return fromHome(own, homes.own(own.id))
    shared.record?.look()
    const known = shared.record?.known
    const state = shared.place ? await findShared(known) : known
    return state?.tokens || (known?.isHidden && !backend.resumable) ? fromHome(state!, shared) : null
  }

  /** What a storage of one's own holds; tokens that another tab is just writing are waited for. */
  async function findShared(known: SessionRecord | null | undefined): Promise<SessionRecord | null> {
    const isAwaited = known && !known.ended && !known.isHidden && !shared.isPerTab
    const awaited = isAwaited ? await findTokens(shared, known, stop) : null
    return awaited ?? readRecord(await shared.place!.get())
  }

  /** A stored session, unless it is over. */
  function fromHome(state: SessionRecord, home: Home): Session | null {
    home.record?.look()
    const known = home.record?.known ?? null
    if (isOverBy(state.id, known)) {
      forget(home, state.id)
      if (home !== shared) home.close()
      return null
    }
    const session = new Session(state, home)
    if (home !== shared && known && known.generation > state.generation) session.outdate()
    return session
  }

  return findStored
}
