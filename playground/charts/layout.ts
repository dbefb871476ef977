import type { Row, RowGroup } from './waterfall.ts'

/** Where a row is drawn, in pixels. */
export interface PlacedRow {
  row: Row
  top: number
  height: number
}

/** Rows, one below the other. */
export interface Layout {
  rows: PlacedRow[]
  height: number
}

const TALLEST = 12
const LOWEST = 1
/** A few refreshes are seen beside a hundred requests. */
const REFRESHES = 20
const ROOM = 220
const GAP = 4

/** Stacks rows; the more there are, the lower each: charts beside each other are about as tall. */
export function layoutOf(groups: readonly RowGroup[]): Layout {
  let top = 0
  const count = Math.max(groups.flatMap(({ rows }) => rows).length, 1)
  const rows = groups.flatMap(({ rows: members, isRefreshes }, index) => {
    if (index > 0) top += GAP
    const share = (ROOM * members.length) / count
    const height = clamp(Math.floor(Math.max(share, isRefreshes ? REFRESHES : 0) / members.length))
    return members.map((row) => {
      const placed = { row, top, height }
      top += height
      return placed
    })
  })
  return { rows, height: Math.max(top, TALLEST) }
}

const clamp = (height: number) => Math.min(Math.max(height, LOWEST), TALLEST)

/** A time axis. */
export interface Scale {
  /** The moment at its left end; as `performance.now()`. */
  from: number
  /** How long it is, in ms. */
  span: number
}

/** Round moments for an axis, a handful of them. */
export function ticksOf(span: number): number[] {
  const step = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000].find((ms) => span / ms <= 5)
  const every = step ?? 60_000
  return Array.from({ length: Math.floor(span / every) + 1 }, (_, index) => index * every)
}

/** Writes a moment of an axis. */
export function labelOf(tick: number): string {
  if (tick === 0) return '0'
  return tick < 1_000 ? `${tick} ms` : `${tick / 1_000} s`
}
