import type { SessionEndReason } from './types.ts'

/** Which session there is, and which state of it. Never a token. */
export interface Standing {
  /** The identity of the session; it tells when it began. */
  readonly id: string
  /** Grows with every state that any tab writes. */
  readonly generation: number
  /** Why the session is over, and with it every one that began before; none: it goes on. */
  readonly ended?: SessionEndReason | undefined
}

/** Names a session that begins: unique, not secret, and without `crypto.randomUUID`, which plain http lacks. */
export function firstStanding(generation: number): Standing {
  const id = `${generation}.${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  return { id, generation }
}

const bornIn = (id: string): number => parseInt(id, 10) || 0

/**
 * The order in which sessions began, as their ids tell it. Of two that began at once, unknown to each other, all tabs
 * take the same one for the later.
 */
export function beganEarlier(id: string, other: string): boolean {
  const order = bornIn(id) - bornIn(other)
  return order < 0 || (order === 0 && id < other)
}

/** Whether a session is over, or has given way to a later one, as a standing tells it. */
export const isOverBy = (id: string, known: Standing | null): boolean =>
  known !== null && (id === known.id ? known.ended !== undefined : beganEarlier(id, known.id))

/** Whether a standing comes before another one: the session, then its end, then its states. */
export function isBefore(one: Standing, other: Standing): boolean {
  if (one.id !== other.id) return beganEarlier(one.id, other.id)
  if (!one.ended !== !other.ended) return !one.ended
  return one.generation < other.generation
}

/** The latest of some standings. */
export function latest(standings: Iterable<Standing | null | undefined>): Standing | null {
  let last: Standing | null = null
  for (const standing of standings) {
    if (standing && (!last || isBefore(last, standing))) last = standing
  }
  return last
}
