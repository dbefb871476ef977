import { type BarKind, type RowGroup } from './waterfall.ts'

/** What many rows do at about the same time, told as one. */
export interface ChartPhase {
  kind: BarKind
  label: string
  from: number
  to: number
}

interface Span {
  from: number
  to: number
  count: number
}

/** Tells a waterfall in three lines: what was sent first, the refreshes, what was sent again. */
export function chartPhasesOf(groups: readonly RowGroup[]): ChartPhase[] {
  const requests = groups.filter(({ isRefreshes }) => !isRefreshes).flatMap(({ rows }) => rows)
  const refreshes = groups.filter(({ isRefreshes }) => isRefreshes).flatMap(({ rows }) => rows)
  const calls = requests.map((row) => row.calls)
  const first = spanOf(calls.flatMap(([call]) => (call ? [call] : [])))
  const again = spanOf(calls.flatMap((all) => all.slice(1)))
  const asked = spanOf(refreshes.flatMap((row) => row.calls))
  const refused = calls.filter(([call]) => call?.outcome === 401).length
  const refusedAgain = calls.filter(([, ...more]) => more.some(({ outcome }) => outcome === 401)).length
  const failed = refreshes.filter(({ bars }) => bars.at(-1)?.kind === 'failed').length
  return [
    phase(
      refused ? 'refused' : 'answered',
      first,
      `${first?.count} sent${refused ? `, ${refused} × 401` : ''}`,
    ),
    phase(failed ? 'failed' : 'refresh', asked, refreshLabel(asked?.count ?? 0, failed)),
    phase(refusedAgain ? 'refused' : 'replayed', again, againLabel(again?.count ?? 0, refusedAgain)),
  ].flatMap((found) => found ?? [])
}

function againLabel(count: number, refused: number): string {
  return `${count} sent again${refused ? `, ${refused} × 401` : ''}`
}

function refreshLabel(count: number, failed: number): string {
  return `${count} refresh${count === 1 ? '' : 'es'}${failed ? `, ${failed} failed` : ''}`
}

function phase(kind: BarKind, span: Span | undefined, label: string): ChartPhase | undefined {
  return span && { kind, label, from: span.from, to: span.to }
}

function spanOf(calls: { sentAt: number; endedAt: number | undefined }[]): Span | undefined {
  if (calls.length === 0) return undefined
  return {
    from: Math.min(...calls.map(({ sentAt }) => sentAt)),
    to: Math.max(...calls.map(({ sentAt, endedAt }) => endedAt ?? sentAt)),
    count: calls.length,
  }
}
