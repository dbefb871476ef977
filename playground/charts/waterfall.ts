import { type Call, fateOf } from '../wire/call.ts'
import { groupBy } from '../wire/group-by.ts'

/** What a bar of a waterfall stands for. */
export type BarKind = 'waiting' | 'pending' | 'answered' | 'refused' | 'refresh' | 'replayed' | 'failed'

/** A stretch of a row. */
export interface Bar {
  kind: BarKind
  /** As `performance.now()`, in ms. */
  from: number
  to: number
}

/** A request with its replay, or a refresh. */
export interface Row {
  key: string
  label: string
  bars: Bar[]
  calls: Call[]
}

/** Rows of one kind, and of one identity. */
export interface RowGroup {
  key: string
  title: string
  isRefreshes: boolean
  rows: Row[]
}

/** Sorts calls into rows: refreshes above the requests that they are for. What is pending reaches up to `now`. */
export function rowsOf(calls: readonly Call[], now: number): RowGroup[] {
  const shown = calls.filter(({ kind }) => kind !== 'debug')
  return [...groupBy(shown, ({ identity }) => identity)].flatMap(([identity, members]) => {
    const refreshes = members.filter(({ kind }) => kind === 'refresh')
    const requests = groupBy(
      members.filter(({ kind }) => kind !== 'refresh'),
      ({ id, trace }) => trace ?? -id,
    )
    const whose = identity ? `, ${identity}` : ''
    const groups = [
      groupOf(
        'Refresh',
        refreshes.map((call) => [call]),
        now,
      ),
      groupOf('Request', [...requests.values()], now),
    ]
    return groups
      .filter(({ rows }) => rows.length > 0)
      .map((group) => ({ ...group, key: `${identity} ${group.title}`, title: group.title + whose }))
  })
}

function groupOf(name: 'Refresh' | 'Request', traces: Call[][], now: number): RowGroup {
  const rows = traces.map((calls, index) => ({
    key: `${name} ${calls[0]?.id}`,
    label: `${name} ${index + 1}`,
    bars: calls.flatMap((call) => barsOf(call, now)),
    calls,
  }))
  return { key: name, title: name, isRefreshes: name === 'Refresh', rows }
}

function barsOf(call: Call, now: number): Bar[] {
  const bar: Bar = { kind: kindOf(call), from: call.sentAt, to: call.endedAt ?? now }
  const waited = call.sentAt - call.wantedAt > 1
  return waited ? [{ kind: 'waiting', from: call.wantedAt, to: call.sentAt }, bar] : [bar]
}

function kindOf(call: Call): BarKind {
  const fate = fateOf(call)
  if (call.kind === 'refresh') return fate === 'answered' || fate === 'pending' ? 'refresh' : 'failed'
  return fate === 'answered' && call.kind === 'replay' ? 'replayed' : fate
}

/** When the first of these was wanted, and when the last of them ended. */
export function extentOf(groups: readonly RowGroup[]): { from: number; to: number } {
  const bars = groups.flatMap(({ rows }) => rows.flatMap((row) => row.bars))
  return {
    from: Math.min(...bars.map(({ from }) => from)),
    to: Math.max(...bars.map(({ to }) => to)),
  }
}
