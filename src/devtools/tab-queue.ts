/** Who is at the lock of an identity. */
export interface TabQueue {
  /** Whether some tab has the turn, this one or another. */
  readonly isHeld: boolean
  /** How many tabs wait for it. */
  readonly waiting: number
}

/** The names of locks that are fences, not turns, have this in them. */
const FENCE = '@'

/** Looks at the locks of an identity in all tabs. */
export async function queueOf(id: string): Promise<TabQueue> {
  const { held = [], pending = [] } = (await globalThis.navigator?.locks?.query()) ?? {}
  const key = `vue-auth-axios:${id}`
  const isTurn = ({ name = '' }: LockInfo) =>
    (name === key || name.startsWith(`${key}#`)) && !name.includes(FENCE)
  return { isHeld: held.some(isTurn), waiting: pending.filter(isTurn).length }
}
