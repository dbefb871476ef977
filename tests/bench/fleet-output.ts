import type { Row } from './fleet-scenarios.ts'

/** Lines up the rows of a table. */
export function table(rows: Row[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => shown(line[column]).length)))
  const isText = names.map((name) => typeof rows[0]?.[name] === 'string')
  return lines
    .map((line) => {
      const cells = line.map((value, column) =>
        isText[column] ? shown(value).padEnd(widths[column]!) : shown(value).padStart(widths[column]!),
      )
      return `${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}

const shown = (value: string | number = '') => value.toLocaleString('en')

/** In columns, as the formatter has it. */
const LINE = 110

/** JSON as the formatter would have it: as many numbers on a line as fit. */
export function formatted(value: unknown): string {
  const text = `${JSON.stringify(value, null, 2)}\n`
  return text.replace(/(?<=\n)( +)\d+,\n(?: +\d+,?\n)+/g, (numbers, indent: string) => {
    let line = indent
    let filled = ''
    for (const number of numbers.trim().split(/\s+/)) {
      if (line !== indent && line.length + 1 + number.length > LINE) {
        filled += `${line}\n`
        line = indent
      }
      line += line === indent ? number : ` ${number}`
    }
    return `${filled}${line}\n`
  })
}
