import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the project. */
export const PROJECT = join(import.meta.dirname, '../..')

const text = readFileSync(join(PROJECT, 'README.md'), 'utf8')

/** The lines of the README. */
export const lines = text.trimEnd().split('\n')

/** A block of code. */
export interface CodeBlock {
  language: string
  code: string
}

/** The blocks of code, in order. */
export const codeBlocks: CodeBlock[] = [...text.matchAll(/^```(\w+)(?: \[[^\]\n]+\])?\n(.*?)^```$/gms)].map(
  ([, language = '', code = '']) => ({ language, code }),
)

/** The block of code that holds a text. */
export function codeWith(part: string): string {
  const found = codeBlocks.filter(({ code }) => code.includes(part))
  if (found.length !== 1) throw new Error(`${found.length} blocks of the README hold "${part}".`)
  return found[0]!.code
}

/** The rows of the table below a heading, without its head. */
export function tableBelow(heading: string): string[][] {
  const start = lines.indexOf(heading)
  if (start < 0) throw new Error(`The README has no line "${heading}".`)
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'))
  const rest = lines.slice(first)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}
