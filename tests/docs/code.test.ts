import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Block, PROJECT, type Page, allPages, isWritten } from './pages.ts'

/** Inside the project, so that its packages are found; a name with a dot, so that nobody else looks at it. */
const FOLDER = join(import.meta.dirname, '.blocks')

const GIVEN = ['names.d.ts', 'modules.d.ts', 'nuxt.d.ts'].map((name) =>
  join(import.meta.dirname, 'given', name),
)

/** Languages that nothing here can run or check. */
const WORDS = ['sh', 'http', 'json', 'mermaid', 'text']

const CODE = ['ts', 'js', 'vue']

/** The blocks of this page are tests of the example app (`tests/integration/testing/guide.test.ts`). */
const isRun = ({ path }: Page) => path.endsWith('/testing.md')

/** The pages are a folder each. What they write in the middle of a thought is in `given/`. */
const pages = allPages().filter((page) => !isWritten(page) && !isRun(page) && page.blocks.length > 0)

const folderOf = ({ path }: Page) => join(FOLDER, path.replaceAll('/', '-').replace('.md', ''))

const nameOf = ({ file, language, line }: Block) => file ?? `line-${line}.${language}`

/** Without an import or an export a file is a script, and shares its names with all others. */
const asModule = ({ code, language }: Block) =>
  language === 'vue' || /^(import|export) /m.test(code) ? code : `${code}\nexport {}\n`

const codeOf = ({ blocks }: Page) => blocks.filter(({ language }) => CODE.includes(language))

/** Modules of an app that a page imports and does not show. */
const STAND_INS: Record<string, string> = {
  router: "import type { Router } from 'vue-router'\nexport declare const router: Router\n",
  auth: "import type { AuthAxios } from 'vue-auth-axios'\nexport declare const auth: AuthAxios\n",
}

/** Writes what a page imports without showing it; says what was written. */
function writeStandIns(page: Page): string[] {
  const wanted = codeOf(page).flatMap((block) =>
    [...block.code.matchAll(/from '(\.[^']*\/(router|auth))'/g)].map(([, path = '', name = '']) => ({
      file: join(folderOf(page), dirname(nameOf(block)), `${path}.ts`),
      code: STAND_INS[name] ?? '',
    })),
  )
  const missing = wanted.filter(({ file }) => !existsSync(file))
  for (const { file, code } of missing) writeFileSync(file, code)
  return missing.map(({ file }) => file)
}

/** Writes the blocks of a page, and what they import; says where. */
function writeBlocks(page: Page): string[] {
  const files = codeOf(page).map((block) => {
    const file = join(folderOf(page), nameOf(block))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, asModule(block), { flag: 'wx' })
    return file
  })
  return [...files, ...writeStandIns(page)]
}

/** What the compiler says of the blocks of some pages. */
function complaintsAbout(some: Page[], name: string): Promise<string[]> {
  const files = [...GIVEN, ...some.flatMap(writeBlocks)]
  const compilerOptions = { allowJs: true, noUnusedLocals: false, noUnusedParameters: false }
  const settings = { extends: '../../../tsconfig.json', compilerOptions, files, include: [], exclude: [] }
  const project = join(FOLDER, `tsconfig.${name}.json`)
  writeFileSync(project, JSON.stringify(settings))
  return new Promise((resolve) => {
    execFile('vue-tsc', ['--noEmit', '--pretty', 'false', '-p', project], (_error, stdout) => {
      resolve(stdout.split('\n').filter((line) => line.includes('error TS')))
    })
  })
}

/** Whether a page types the user, which counts for all that is compiled with it. */
const augments = (page: Page) => codeOf(page).some(({ code }) => code.includes('interface TypesConfig'))

async function allComplaints(): Promise<string[]> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  const alone = pages.filter(augments).map((page, index) => complaintsAbout([page], `alone-${index}`))
  const together = complaintsAbout(
    pages.filter((page) => !augments(page)),
    'together',
  )
  return (await Promise.all([...alone, together])).flat()
}

test.each(pages)('$path has no code that nobody checks', ({ blocks }) => {
  const others = blocks.filter(({ language }) => ![...CODE, ...WORDS].includes(language))

  expect(others).toEqual([])
})

describe('every block', () => {
  let found: string[]

  beforeAll(async () => {
    found = await allComplaints()
  }, 240_000)

  test.each(pages)('of $path type-checks in a strict application', (page) => {
    const folder = relative(PROJECT, folderOf(page))

    expect(found.filter((line) => line.startsWith(`${folder}/`))).toEqual([])
  })

  test('no complaint is about something else', () => {
    expect(found.filter((line) => !line.startsWith('tests/docs/.blocks/'))).toEqual([])
  })
})
