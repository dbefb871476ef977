/** Writes a time span the way one reads it aloud. */
export function formatSpan(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

/** Writes the shortest and the longest of several time spans, in the unit of the longest. */
export function formatRange(fastest: number | undefined, slowest: number | undefined): string {
  if (fastest === undefined || slowest === undefined) return ''
  const longest = formatSpan(slowest)
  const [, unit] = longest.split(' ')
  const shortest = unit === 's' ? (fastest / 1_000).toFixed(2) : Math.round(fastest)
  return longest === `${shortest} ${unit}` ? longest : `${shortest}–${longest}`
}

/** Writes the time of day of a `performance.now()`. */
export function formatTime(moment: number): string {
  return new Date(performance.timeOrigin + moment).toLocaleTimeString('en-GB')
}

/** Writes the time of day of a `performance.now()`, to the millisecond. */
export function formatMoment(moment: number): string {
  const date = new Date(performance.timeOrigin + moment)
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
