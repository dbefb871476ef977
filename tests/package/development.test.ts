import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnyNode, parse } from 'acorn'
import { type Rolldown, build } from 'vite'
import { describe, expect, it } from 'vitest'

/** A piece of every text that is meant for development alone. */
const TEXTS = [
  'with an Authorization header of its own was answered 401',
  'answered 401 to a request without a token',
  'The refresh was refused',
  'Where the server wants the token under another name',
  'It wants to know the client',
  'and so waits for itself until the',
  'that sends through the registered instance waits for itself',
  'which this router does not know: nobody guards it',
  'In a test, app.use(',
  '__VUE_DEVTOOLS_GLOBAL_HOOK__',
  'devtools-plugin:setup',
  'Expire the access token',
]

/** An application that takes everything the main entry has. */
const APPLICATION = `
import * as everything from ${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))}
globalThis.everything = everything
`

async function bundle(mode: 'production' | 'development'): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === 'virtual:application' ? `\0${id}` : undefined),
        load: (id) => (id === '\0virtual:application' ? APPLICATION : undefined),
      },
    ],
    build: {
      write: false,
      minify: mode === 'production',
      rolldownOptions: {
        input: 'virtual:application',
        external: ['axios', 'pinia', 'vue', 'vue-router', 'vite/modulepreload-polyfill'],
      },
    },
  })
  const { output } = built as Rolldown.RolldownOutput
  return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n')
}

const DIST = fileURLToPath(new URL('../../dist', import.meta.url))

/** A module that loads the devtools, and whether that stands under a condition on the mode. */
interface Loading {
  path: string
  isConditional: boolean
}

/** Where the built modules load the devtools from outside. */
function loadingsOfDevtools(): Loading[] {
  const paths = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
  const modules = paths.filter((path) => path.endsWith('.js') && !path.startsWith('devtools'))
  return modules.flatMap((path) => {
    const code = readFileSync(join(DIST, path), 'utf8')
    const found: Loading[] = []
    const visit = (node: AnyNode, isConditional: boolean): void => {
      if (node.type === 'ImportExpression' && /\/devtools\//.test(code.slice(node.start, node.end)))
        found.push({ path, isConditional })
      const asksForMode =
        node.type === 'IfStatement' &&
        code.slice(node.test.start, node.test.end).startsWith('process.env.NODE_ENV !== "production"')
      for (const child of childrenOf(node)) visit(child, isConditional || asksForMode)
    }
    visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), false)
    return found
  })
}

const childrenOf = (node: AnyNode): AnyNode[] =>
  Object.values(node)
    .flat()
    .filter(
      (value: unknown): value is AnyNode => typeof value === 'object' && value !== null && 'type' in value,
    )

describe('what is said in development alone', () => {
  it('is all in a bundle for development', async () => {
    const code = await bundle('development')

    expect(TEXTS.filter((text) => !code.includes(text))).toEqual([])
  })

  it('is not in one for production, in part or in whole', async () => {
    const code = await bundle('production')

    expect(code).toContain('/auth/refresh')
    expect(TEXTS.filter((text) => code.includes(text))).toEqual([])
    // Nor is what makes them.
    expect(code).not.toMatch(/refreshField: ?\\?"refresh/)
    expect(code).not.toContain('NODE_ENV')
  })

  it('is loaded under a condition that esbuild and webpack see: they bundle what nobody calls', () => {
    expect(loadingsOfDevtools()).toEqual([{ path: 'installation.js', isConditional: true }])
  })
})
