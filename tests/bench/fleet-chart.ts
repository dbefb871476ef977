import type { Curve } from './fleet-scenarios.ts'

/** A line of a panel. */
export interface Line {
  curve: Curve
  label: string
  kind: 'off' | 'on' | 'on-told' | 'on-told-later'
}

/** One diagram of the chart. */
export interface Panel {
  title: string
  lines: Line[]
  /** A time to be shaded: from one second to another. */
  shade?: { from: number; to: number; label: string }
}

const WIDTH = 720
const PLOT = { left: 64, width: 480, height: 150 }
const PANEL = 230

/** Strokes that tell the lines apart without their colours too; all are seen on white and on black. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #757d88 }
  .title { font-size: 14px; font-weight: 600 }
  .axis { stroke: #757d88; stroke-opacity: .3 }
  .shade { fill: #757d88; fill-opacity: .15 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .off { stroke: #d9730d }
  .on { stroke: #2f81f7 }
  .on-told { stroke: #2f81f7; stroke-dasharray: 6 3 }
  .on-told-later { stroke: #2f81f7; stroke-dasharray: 2 3 }
`

/** Draws the rate at the token endpoint over time, one panel below the other. */
export function chart(description: string, panels: Panel[]): string {
  const height = panels.length * PANEL + 20
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${description}</title>
<style>${STYLE}</style>
${panels.map((panel, index) => `<g transform="translate(0 ${index * PANEL})">\n${draw(panel)}\n</g>`).join('\n')}
<text x="${PLOT.left + PLOT.width / 2}" y="${height - 16}" text-anchor="middle">time, from the end of the first token</text>
</svg>
`
}

function draw({ title, lines, shade }: Panel): string {
  const { from, rates } = lines[0]!.curve
  const [top, bottom] = [34, 34 + PLOT.height]
  const scale = niceScale(Math.max(...lines.flatMap(({ curve }) => curve.rates)))
  const x = (second: number) => round(PLOT.left + ((second - from) / rates.length) * PLOT.width)
  const y = (rate: number) => round(bottom - (rate / scale.max) * PLOT.height)

  const parts = [`<text class="title" x="${PLOT.left}" y="18">${title}</text>`]
  if (shade) {
    parts.push(
      `<rect class="shade" x="${x(shade.from)}" y="${top}" width="${round(x(shade.to) - x(shade.from))}" height="${PLOT.height}"/>`,
      `<text x="${x(shade.from) + 6}" y="${top + 14}">${shade.label}</text>`,
    )
  }
  for (let rate = 0; rate <= scale.max; rate += scale.step) {
    parts.push(
      `<path class="axis" d="M${PLOT.left} ${y(rate)}h${PLOT.width}"/>`,
      `<text x="${PLOT.left - 8}" y="${y(rate) + 4}" text-anchor="end">${rate.toLocaleString('en')}</text>`,
    )
  }
  for (let second = from; second <= from + rates.length; second += 20) {
    parts.push(`<text x="${x(second)}" y="${bottom + 18}" text-anchor="middle">${seconds(second)}</text>`)
  }
  lines.forEach(({ curve, label, kind }, index) => {
    const points = curve.rates.map((rate, at) => `${x(curve.from + at + 0.5)} ${y(rate)}`)
    const [left, line] = [PLOT.left + PLOT.width + 16, top + 10 + index * 20]
    parts.push(
      `<path class="line ${kind}" d="M${points.join('L')}"/>`,
      `<path class="line ${kind}" d="M${left} ${line - 4}h22"/>`,
      `<text x="${left + 28}" y="${line}">${label}</text>`,
    )
  })
  return parts.join('\n')
}

/** A scale with about four steps that are easy to read. */
function niceScale(highest: number): { max: number; step: number } {
  const magnitude = 10 ** Math.floor(Math.log10(highest / 4))
  const step = magnitude * ([1, 2, 2.5, 5].find((factor) => factor * magnitude * 4 >= highest) ?? 10)
  return { max: Math.ceil(highest / step) * step, step }
}

const seconds = (second: number) => `${second < 0 ? '−' : ''}${Math.abs(second)} s`
const round = (value: number) => Math.round(value * 10) / 10
