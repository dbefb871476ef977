import type { MarkdownRenderer } from 'vitepress'

/** What happens in a diagram, from top to bottom. */
type Step =
  | { kind: 'message'; from: string; to: string; isAnswer: boolean; text: string }
  | { kind: 'note'; over: string[]; text: string }

interface Diagram {
  /** The names of those who take part, by their short names. */
  people: Map<string, string>
  steps: Step[]
}

const COLUMN = 210
const ROW = 46
const HEAD = 34
const MARGIN = 12

/** Draws the sequence diagrams in blocks of Mermaid, which GitHub draws by itself: no script is needed in the page. */
export function sequenceDiagrams(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info, content } = tokens[index]!
    const isDiagram = info.trim() === 'mermaid' && content.startsWith('sequenceDiagram')
    return isDiagram ? svgOf(diagramIn(content)) : fence(tokens, index, options, env, self)
  }
}

/**
 * Reads a diagram.
 *
 * @throws Error at a line that it does not know
 */
export function diagramIn(code: string): Diagram {
  const people = new Map<string, string>()
  const steps: Step[] = []
  const lines = code.split('\n').map((line) => line.trim())
  for (const line of lines.slice(1).filter(Boolean)) {
    const [, id, name] = /^participant (\w+) as (.+)$/.exec(line) ?? []
    const [, from, arrow, to, said] = /^(\w+)(-?->>)(\w+): (.+)$/.exec(line) ?? []
    const [, over, note] = /^Note over ([\w, ]+): (.+)$/.exec(line) ?? []
    if (id && name) people.set(id, name)
    else if (from && to && said)
      steps.push({ kind: 'message', from, to, isAnswer: arrow === '-->>', text: said })
    else if (over && note) steps.push({ kind: 'note', over: over.split(/, ?/), text: note })
    else throw new Error(`A sequence diagram has a line that cannot be drawn: ${line}`)
  }
  return { people, steps }
}

/** A diagram as SVG, in the colours of the page around it. */
export function svgOf({ people, steps }: Diagram): string {
  const ids = [...people.keys()]
  const width = ids.length * COLUMN
  const height = HEAD + ROW * steps.length + 2 * MARGIN
  const x = (id: string) => ids.indexOf(id) * COLUMN + COLUMN / 2
  const heads = [...people].map(([id, name]) => headOf(name, x(id), height))
  const drawn = steps.map((step, index) => {
    const y = HEAD + MARGIN + ROW * (index + 1) - 10
    return step.kind === 'note' ? noteOf(step.text, step.over.map(x), y) : messageOf(step, x, y)
  })
  const label = escaped(steps.map(({ text }) => text).join('; '))
  const size = `viewBox="0 0 ${width} ${height}" style="min-width: ${Math.min(width, 560)}px; max-width: ${width}px"`
  return `<div class="sequence" tabindex="0" role="group" aria-label="Sequence diagram"><svg ${size} role="img" aria-label="${label}">${[...heads, ...drawn].join('')}</svg></div>\n`
}

const headOf = (name: string, x: number, height: number) =>
  `<line class="life" x1="${x}" x2="${x}" y1="${HEAD}" y2="${height}"/>` +
  `<rect class="head" x="${x - COLUMN / 2 + 8}" y="1" width="${COLUMN - 16}" height="${HEAD - 2}" rx="6"/>` +
  textAt(name, x, HEAD / 2 + 5, 'name')

function noteOf(text: string, over: number[], y: number): string {
  const middle = (Math.min(...over) + Math.max(...over)) / 2
  const width = Math.max(...over) - Math.min(...over) + COLUMN - 16
  const box = `<rect class="note" x="${middle - width / 2}" y="${y - 22}" width="${width}" height="32" rx="4"/>`
  return box + textAt(text, middle, y - 1, 'said')
}

function messageOf(
  { from, to, isAnswer, text }: Extract<Step, { kind: 'message' }>,
  x: (id: string) => number,
  y: number,
): string {
  const [start, end] = [x(from), x(to)]
  const tip = end > start ? -7 : 7
  const line = `<line class="${isAnswer ? 'answer' : 'request'}" x1="${start}" x2="${end}" y1="${y}" y2="${y}"/>`
  const head = `<path class="tip" d="M${end} ${y}l${tip} -4v8z"/>`
  return line + head + textAt(text, (start + end) / 2, y - 7, 'said')
}

const textAt = (text: string, x: number, y: number, kind: string) =>
  `<text class="${kind}" x="${x}" y="${y}" text-anchor="middle">${escaped(text)}</text>`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
