import { type Call, fateOf } from './call.ts'
import { groupBy } from './group-by.ts'
import type { Burst } from './phases.ts'

/** What a bar of the chart stands for. */
export type BarKind =
  | 'waiting'
  | 'pending'
  | 'answered'
  | 'refused'
  | 'replayed'
  | 'failed'
  | 'refresh'
  | 'band'

/** A burst as a picture: a lane for each request, and a band across those of an identity for its refresh. */
export interface Chart {
  lanes: number
  /** How much room above the lanes the refreshes have to themselves, in lanes. */
  headroom: number
  /** In ms. */
  duration: number
  /** SVG path data; x counts thousandths of the duration, y lanes. */
  bars: Partial<Record<BarKind, string>>
}

/** The width of the picture; every bar is at least two of these wide, to be seen. */
export const CHART_WIDTH = 1_000
/** In parts of the height of all lanes. */
const HEADROOM = 0.05
const DENSE = 40

/** Draws a burst; what is still pending reaches up to `now`. */
export function chartOf(burst: Burst, now: number): Chart {
  const calls = burst.calls.filter((call) => call.kind !== 'debug')
  const lanes = new Map<number, number>()
  const bands = new Map<string | undefined, { top: number; thickness: number }>()
  // The lanes of an identity lie together, so that a refresh of it is drawn across them alone.
  for (const [identity, members] of groupBy(calls, (call) => call.identity)) {
    const top = lanes.size
    for (const call of members) {
      if (call.kind !== 'refresh' && !lanes.has(laneKey(call))) lanes.set(laneKey(call), lanes.size)
    }
    bands.set(identity, { top, thickness: lanes.size - top })
  }
  const start = Math.min(...calls.map((call) => call.wantedAt))
  const end = Math.max(...calls.map((call) => call.endedAt ?? now))
  const duration = Math.max(end - start, 1)
  const height = Math.max(lanes.size, 1)
  const headroom = calls.some((call) => call.kind === 'refresh') ? Math.max(height * HEADROOM, 0.5) : 0
  // Where lanes are but a pixel or two high, gaps between them would only blur the colours.
  const gap = height > DENSE ? 0 : 0.1
  const bars: Partial<Record<BarKind, string>> = {}

  function draw(kind: BarKind, from: number, to: number, top: number, thickness: number): void {
    const x = ((from - start) / duration) * CHART_WIDTH
    const width = Math.max(((to - from) / duration) * CHART_WIDTH, 2)
    const left = Math.min(x, CHART_WIDTH - width)
    bars[kind] =
      `${bars[kind] ?? ''}M${left.toFixed(1)} ${top}h${width.toFixed(1)}v${thickness}h-${width.toFixed(1)}z`
  }

  for (const call of calls) {
    const to = call.endedAt ?? now
    if (call.kind === 'refresh') {
      draw('refresh', call.sentAt, to, -headroom, headroom)
      const { top = 0, thickness = 0 } = bands.get(call.identity) ?? {}
      if (thickness > 0) draw('band', call.sentAt, to, top, thickness)
      continue
    }
    const lane = lanes.get(laneKey(call)) ?? 0
    if (call.sentAt - call.wantedAt > 1) draw('waiting', call.wantedAt, call.sentAt, lane + gap, 1 - 2 * gap)
    draw(barOf(call), call.sentAt, to, lane + gap, 1 - 2 * gap)
  }
  return { lanes: height, headroom, duration, bars }
}

/** A call without a trace has a lane to itself. */
function laneKey(call: Call): number {
  return call.trace ?? -call.id
}

function barOf(call: Call): BarKind {
  const fate = fateOf(call)
  return fate === 'answered' && call.kind === 'replay' ? 'replayed' : fate
}
