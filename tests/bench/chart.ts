import { readFileSync, writeFileSync } from 'node:fs'
import type { StormRow } from './measurements/storm.ts'
import type { Results } from './results.ts'

// Draws what became of a thousand requests: a bar for each library, together and spread.

const REQUESTS = 1_000
const WIDTH = 800
const ROW = 26
const HEAD = 40
const BAR = { left: 270, width: 240, height: 14 }
const COLUMNS = { ok: 560, refreshes: 650, ratio: 760 }

/** Colours that can be read on white and on black; the shapes say the same without them. */
const STYLE = `
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.head, .note { font-size: 12px; fill: #57606a }
.ours { font-weight: 700 }
.number { text-anchor: end; font-variant-numeric: tabular-nums }
.ok { fill: #1a7f37 }
.rest { fill: #cf222e; fill-opacity: .22; stroke: #cf222e; stroke-opacity: .5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .head, .note { fill: #9198a1 }
  .ok { fill: #3fb950 }
  .rest { fill: #f85149; fill-opacity: .25; stroke: #f85149 }
}`

/** Draws the chart of a run beside its results. */
export function drawChart(results: Results): void {
  writeFileSync(new URL('chart.svg', import.meta.url), chart(results))
}

/** The chart of a run. */
export function chart({ storm = [], date, node, versions }: Results): string {
  const rows = storm.filter(({ requests }) => requests === REQUESTS)
  if (!rows.length) throw new Error(`The results hold no storm of ${REQUESTS} requests.`)
  const [together, spread] = [rows.filter((row) => !row.spread), rows.filter((row) => row.spread)]
  const top = 40
  const between = top + heightOf(together) + 20
  const height = between + heightOf(spread) + 34
  const contents = [
    '<text class="title" x="16" y="24">1,000 requests meet a dead token: how many succeed, and for how many refreshes</text>',
    panel('answers of 401 come together', together, top),
    panel('answers of 401 come spread over 200 ms', spread, between),
    `<text class="note" x="16" y="${height - 12}">${note(date, node, versions)}</text>`,
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${escaped(summary(together))}; ${escaped(summary(spread))}</title>
<style>${STYLE}
</style>
${contents.join('\n')}
</svg>
`
}

const note = (date: string, node: string, { axios = '' }: Record<string, string>) =>
  `counts: the worst round; time: the median, against the same HTTP work by hand · Node ${node}, axios ${axios}, ${date}`

const heightOf = (rows: StormRow[]) => HEAD + rows.length * ROW

function panel(title: string, rows: StormRow[], top: number): string {
  const heads = [
    ['ok', 'succeed'],
    ['refreshes', 'refreshes'],
    ['ratio', 'time'],
  ] as const
  return [
    `<g transform="translate(0 ${top})">`,
    `<text class="head" x="16" y="20">${title}</text>`,
    ...heads.map(
      ([column, text]) => `<text class="head number" x="${COLUMNS[column]}" y="20">${text}</text>`,
    ),
    ...rows.map((row, index) => line(row, HEAD - 8 + index * ROW)),
    '</g>',
  ].join('\n')
}

function line({ name, succeeded, refreshes, ratio }: StormRow, top: number): string {
  const width = round((succeeded / REQUESTS) * BAR.width)
  const base = top + 12
  const ours = name === 'vue-auth-axios' ? ' class="ours"' : ''
  const numbers = [
    [COLUMNS.ok, succeeded.toLocaleString('en')],
    [COLUMNS.refreshes, refreshes.toLocaleString('en')],
    [COLUMNS.ratio, ratio ? `${ratio.median.toFixed(2)} ×` : '–'],
  ] as const
  return [
    `<text${ours} x="16" y="${base}">${escaped(shortened(name))}</text>`,
    `<rect class="rest" x="${BAR.left}" y="${top}" width="${BAR.width}" height="${BAR.height}" rx="3"/>`,
    `<rect class="ok" x="${BAR.left}" y="${top}" width="${width}" height="${BAR.height}" rx="3"/>`,
    ...numbers.map(([x, text]) => `<text class="number" x="${x}" y="${base}">${text}</text>`),
  ].join('\n')
}

const shortened = (name: string) => name.replace('deduplicateRefresh: false', 'no dedup')

const summary = (rows: StormRow[]) =>
  rows.map(({ name, succeeded, refreshes }) => `${name}: ${succeeded} for ${refreshes} refreshes`).join(', ')

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const round = (value: number) => Math.round(value * 10) / 10

if (import.meta.main) {
  drawChart(JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8')))
}
