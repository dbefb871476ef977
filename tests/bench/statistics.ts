/** What many rounds say of one figure. */
export interface Figure {
  median: number
  /** Half of the rounds lie between these two. */
  low: number
  high: number
  rounds: number
}

/** The value below which a share of sorted values lies. */
function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** Sums up the rounds of one figure. */
export function figureOf(values: number[]): Figure {
  const sorted = values.toSorted((one, other) => one - other)
  const [median, low, high] = [0.5, 0.25, 0.75].map((share) => round(quantile(sorted, share)))
  return { median: median ?? 0, low: low ?? 0, high: high ?? 0, rounds: values.length }
}

/** Four significant digits are more than a clock is good for. */
const round = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(4)) : value)
