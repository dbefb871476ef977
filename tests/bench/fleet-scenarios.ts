import { CANDIDATES, type DueRule, jitterOff, jitterOn } from './fleet-rules.ts'
import { type Fleet, type Outage, simulate } from './fleet-simulation.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** What is the same for all fleets that are compared. */
export const FLEET = {
  seed: 1,
  clients: 1_000_000,
  leeway: 30,
  pause: 5 * SECOND,
  latency: 50,
} satisfies Partial<Fleet>

/** What was varied, and the figures that came of it, by the names a table gives them. */
export type Row = Record<string, string | number>

/** Refreshes at the token endpoint, second by second. */
export interface Curve {
  /** The first second, counted from the end of the first token. */
  from: number
  rates: number[]
}

/** What came of one fleet. */
export interface Measured {
  row: Row
  curve: Curve
}

const JITTER: Array<[string, DueRule]> = [
  ['off', jitterOff],
  ['on', jitterOn],
]

/** Tokens that end together, again and again. */
export function expiries(): Measured[] {
  return [SECOND, MINUTE].flatMap((signIns) =>
    [15 * MINUTE, 60 * MINUTE].flatMap((lifetime) =>
      JITTER.map(([jitter, dueAt]) => {
        const fleet = { ...FLEET, signIns, lifetime, dueAt, outage: null, end: 4.5 * lifetime }
        const { arrivals, granted, waitedFor, lifetimeUsed } = simulate(fleet)
        const around = (expiry: number) =>
          arrivals.subarray(((expiry - 0.5) * lifetime) / SECOND, ((expiry + 0.5) * lifetime) / SECOND)
        const row = {
          'sign-ins over, s': signIns / SECOND,
          'lifetime, min': lifetime / MINUTE,
          jitter,
          'mean/s': Math.round((sum(around(1)) * SECOND) / lifetime),
          'peak/s': peak(around(1)),
          'peak/s, 4th time': peak(around(4)),
          'waited for, %': percent(waitedFor / granted),
          'lifetime used, %': percent(lifetimeUsed),
        }
        return { row, curve: curveOf(arrivals, lifetime) }
      }),
    ),
  )
}

/** A minute from when the first token is due, in seconds from its end. */
export const OUTAGE = { from: -1.5 * FLEET.leeway, to: 60 - 1.5 * FLEET.leeway }

/** The token endpoint is out for a minute. */
export function outages(): Measured[] {
  const lifetime = 15 * MINUTE
  const from = lifetime + OUTAGE.from * SECOND
  const until = lifetime + OUTAGE.to * SECOND
  return ([null, 5, 30, 'rest'] satisfies Array<Outage['retryAfter']>).flatMap((retryAfter) =>
    JITTER.map(([jitter, dueAt]) => {
      const outage = { from, until, retryAfter }
      const fleet = { ...FLEET, signIns: MINUTE, lifetime, dueAt, outage, end: 1.4 * lifetime }
      const { arrivals, turnedAway, stranded } = simulate(fleet)
      const row = {
        'Retry-After': retryAfter ?? 'none',
        jitter,
        'peak/s meanwhile': peak(arrivals.subarray(0, until / SECOND)),
        'peak/s afterwards': peak(arrivals.subarray(until / SECOND)),
        'turned away per client': round(turnedAway / FLEET.clients),
        'left without a token': stranded,
      }
      return { row, curve: curveOf(arrivals, lifetime) }
    }),
  )
}

/** What it does to a fleet that an outage has sent away together that clients stretch `Retry-After` by chance. */
export function stretches(): Row[] {
  const lifetime = 15 * MINUTE
  return ([5, 30, 'rest'] satisfies Array<Outage['retryAfter']>).flatMap((retryAfter) =>
    [false, true].map((isStretched) => {
      const outage = {
        from: lifetime + OUTAGE.from * SECOND,
        until: lifetime + OUTAGE.to * SECOND,
        retryAfter,
        isStretched,
      }
      const fleet = { ...FLEET, signIns: MINUTE, lifetime, dueAt: jitterOn, outage, end: 1.4 * lifetime }
      const { arrivals, turnedAway } = simulate(fleet)
      return {
        'Retry-After': retryAfter,
        stretched: isStretched ? 'by up to a quarter' : 'no',
        'peak/s meanwhile': peak(arrivals.subarray(0, outage.until / SECOND)),
        'peak/s afterwards': peak(arrivals.subarray(outage.until / SECOND)),
        'turned away per client': round(turnedAway / FLEET.clients),
      }
    }),
  )
}

/** What a jitter does where all tokens end within a second, and how busy the clients are makes the difference. */
export function candidates(): Row[] {
  const lifetime = 15 * MINUTE
  return Object.entries(CANDIDATES).flatMap(([spread, dueAt]) =>
    [1, 5, 10].map((pause) => {
      const fleet = { ...FLEET, signIns: SECOND, pause: pause * SECOND, lifetime, dueAt, outage: null }
      const { arrivals, granted, waitedFor, lifetimeUsed } = simulate({ ...fleet, end: 1.5 * lifetime })
      return {
        spread,
        'a request every, s': pause,
        'peak/s': peak(arrivals),
        'waited for, %': percent(waitedFor / granted),
        'lifetime used, %': percent(lifetimeUsed),
      }
    }),
  )
}

/** What a larger leeway does where all tokens end within a second, and what it takes from them. */
export function leeways(): Row[] {
  return [15 * MINUTE, 60 * MINUTE].flatMap((lifetime) =>
    [30, 60, 120, 300].map((leeway) => {
      const fleet = { ...FLEET, leeway, signIns: SECOND, lifetime, dueAt: jitterOn, outage: null }
      const { arrivals, granted, waitedFor, lifetimeUsed } = simulate({ ...fleet, end: 1.5 * lifetime })
      return {
        'lifetime, min': lifetime / MINUTE,
        'leeway, s': leeway,
        'peak/s': peak(arrivals),
        'waited for, %': percent(waitedFor / granted),
        'lifetime used, %': percent(lifetimeUsed),
      }
    }),
  )
}

function curveOf(arrivals: Int32Array, lifetime: number): Curve {
  const from = -60
  const end = lifetime / SECOND
  return { from, rates: [...arrivals.subarray(end + from, end + 80)] }
}

const sum = (rates: Int32Array) => rates.reduce((total, rate) => total + rate, 0)
const peak = (rates: Int32Array) => rates.reduce((highest, rate) => Math.max(highest, rate), 0)
const round = (value: number) => Number(value.toFixed(1))
const percent = (share: number) => round(100 * share)
