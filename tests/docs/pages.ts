import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the project. */
export const PROJECT = join(import.meta.dirname, '../..')

/** Where a file of the project can be read by everyone, on npm as well. */
const ON_GITHUB =
  /^https:\/\/(github\.com|raw\.githubusercontent\.com)\/vue-auth-axios\/vue-auth-axios\/(blob\/main|tree\/main|main)\//

/** A block of code in a page. */
export interface Block {
  language: string
  /** The name of the file that it shows, where the fence names one: ```ts [src/main.ts]. */
  file: string | undefined
  code: string
  /** The number of its first line. */
  line: number
}

/** A page of Markdown. */
export interface Page {
  /** Its path below the project. */
  path: string
  text: string
  blocks: Block[]
  /** Where its links and images lead: paths below the project (with an anchor), or addresses elsewhere. */
  links: string[]
  /** The anchors of its headings. */
  anchors: string[]
}

/** Pages that are written by a program, and compared with what it writes. */
export const isWritten = ({ path }: Page): boolean =>
  /docs\/(api\/.+|benchmark|setups|servers-table)\.md$/.test(path)

const inFolder = (folder: string, ...options: [{ recursive: boolean }?]) =>
  readdirSync(join(PROJECT, folder), { recursive: options[0]?.recursive ?? false, encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.md') && !name.includes('node_modules') && !name.startsWith('.vitepress'),
    )
    .map((name) => join(folder, name))

/** All pages of the project that are made to be read. */
export function allPages(): Page[] {
  return [...inFolder(''), ...inFolder('playground/docs', { recursive: true })].toSorted().map(readPage)
}

function readPage(path: string): Page {
  const text = readFileSync(join(PROJECT, path), 'utf8')
  const prose = text.replaceAll(/^```.*?^```$/gms, (code) => code.replaceAll(/[^\n]/g, ''))
  return {
    path,
    text,
    blocks: [...text.matchAll(/^```(\w+)(?: \[([^\]\n]+)\])?\n(.*?)^```$/gms)].map((found) => ({
      language: found[1] ?? '',
      file: found[2],
      code: found[3] ?? '',
      line: text.slice(0, found.index).split('\n').length + 1,
    })),
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => resolved(path, target)),
    anchors: [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
  }
}

function resolved(page: string, target: string): string {
  if (ON_GITHUB.test(target)) return target.replace(ON_GITHUB, '')
  if (/^[a-z]+:/.test(target)) return target
  return target.startsWith('#') ? page + target : join(page, '..', target)
}

/** As GitHub makes them. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
