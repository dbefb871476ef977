import { type Call, type CallFate, type CallKind, fateOf } from './call.ts'
import { groupBy } from './group-by.ts'

/** Calls of one burst that are alike: a hundred lines told as one. */
export interface Phase {
  key: string
  kind: CallKind
  identity: string | undefined
  fate: CallFate
  method: string
  /** With numbers replaced where the calls differ in them. */
  path: string
  token: string | undefined
  outcome: number | string | undefined
  count: number
  /** When the first was sent, in ms since the burst began. */
  after: number
  /** How long the fastest and the slowest took, in ms. */
  fastest: number | undefined
  slowest: number | undefined
}

/** What happened between two silences. */
export interface Burst {
  id: number
  calls: Call[]
  phases: Phase[]
  beganAt: number
}

/** Sorts calls into bursts, the newest first, and their calls into phases, the earliest first. */
export function burstsOf(calls: readonly Call[]): Burst[] {
  const groups = groupBy(calls, (call) => call.burst)
  return [...groups]
    .map(([id, members]) => ({
      id,
      calls: members,
      phases: phasesOf(members),
      beganAt: members[0]?.sentAt ?? 0,
    }))
    .toReversed()
}

function phasesOf(calls: Call[]): Phase[] {
  const beganAt = calls[0]?.sentAt ?? 0
  const groups = groupBy(calls, likeness)
  return [...groups].map(([key, members]) => phaseOf(key, members, beganAt))
}

function likeness(call: Call): string {
  return [call.kind, call.identity, call.method, shapeOf(call.path), call.token, call.outcome].join(' ')
}

function shapeOf(path: string): string {
  return path.replace(/\?.*/, '').replace(/\/\d+/g, '/…')
}

function phaseOf(key: string, calls: Call[], beganAt: number): Phase {
  const first = calls[0] as Call
  const times = calls.flatMap((call) => (call.endedAt === undefined ? [] : [call.endedAt - call.sentAt]))
  return {
    key,
    kind: first.kind,
    identity: first.identity,
    fate: fateOf(first),
    method: first.method,
    path: calls.length === 1 ? first.path : shapeOf(first.path),
    token: first.token,
    outcome: first.outcome,
    count: calls.length,
    after: first.sentAt - beganAt,
    fastest: times.length ? Math.min(...times) : undefined,
    slowest: times.length ? Math.max(...times) : undefined,
  }
}
