import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a page offers that the main entry uses. All of it is in every browser that knows ES2020, but for the last. */
const WEB_APIS = `
  AbortController AbortController.abort AbortController.signal AbortSignal.aborted AbortSignal.addEventListener
  AbortSignal.removeEventListener Body.text Console.error Console.warn DOMException Event EventTarget
  EventTarget.addEventListener EventTarget.dispatchEvent EventTarget.removeEventListener FormData FormData.keys Headers
  Headers.get Location.href Location.origin Navigator NavigatorOnLine.onLine Node.baseURI Performance.now
  ReadableStream.tee Response Storage.getItem Storage.key Storage.length Storage.removeItem Storage.setItem
  StorageEvent.key TextDecoder TextDecoder.decode URL URL.origin URLSearchParams clearInterval clearTimeout console document
  location navigator performance queueMicrotask setInterval setTimeout window

  LockInfo.name LockManager.query LockManager.request NavigatorLocks.locks
`
  .trim()
  .split(/\s+/)

const LIBRARIES = ['es2020', 'es2022.error', 'dom', 'dom.iterable', 'dom.asynciterable']

/** The sources of the entries that run in a browser, as TypeScript sees them with what ES2020 has. */
function createProgram(): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const files = ['src/index.ts', 'src/oauth2/index.ts', 'tests/support/process.d.ts']
  return ts.createProgram(
    files.map((file) => join(root, file)),
    {
      ...options,
      noEmit: true,
      declaration: false,
      emitDeclarationOnly: false,
      lib: LIBRARIES.map((name) => `lib.${name}.d.ts`),
    },
  )
}

const sourcesIn = (program: ts.Program, folder: string): ts.SourceFile[] =>
  program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(join(root, folder)))

/** What TypeScript has to say of what is ours. */
function complaintsIn(program: ts.Program): string[] {
  const found = sourcesIn(program, 'src/').flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ])
  return [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...found].map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}

/** The names that some sources of a program take from the DOM's declarations. */
function webApisIn(program: ts.Program, sources: ts.SourceFile[]): string[] {
  const checker = program.getTypeChecker()
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const name = webApi(checker.getSymbolAtLocation(node))
      if (name) names.add(name)
    }
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit)
  }
  for (const source of sources) visit(source)
  return [...names]
}

function webApi(symbol: ts.Symbol | undefined): string | undefined {
  const declarations = symbol?.declarations ?? []
  const isOfDom = declarations.every((declaration) => /lib\.dom\b/.test(declaration.getSourceFile().fileName))
  if (!symbol || !declarations[0] || !isOfDom) return undefined
  const { parent } = declarations[0]
  return ts.isInterfaceDeclaration(parent) ? `${parent.name.text}.${symbol.name}` : symbol.name
}

describe('in a browser that knows ES2020', () => {
  // What runs on servers and in test runners alone has what those have.
  const dist = join(root, 'dist')
  const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.js') && !/^(server|nuxt|testing)\//.test(path),
  )

  it('there are modules to read', () => {
    expect(modules.length).toBeGreaterThan(40)
  })

  it.each(modules)('%s can be read', (path) => {
    const code = readFileSync(join(dist, path), 'utf8')

    expect(() => parse(code, { ecmaVersion: 2020, sourceType: 'module' })).not.toThrow()
  })

  describe('there is everything', () => {
    let program: ts.Program

    beforeAll(() => {
      program = createProgram()
    }, 60_000)

    it('of the language that the sources call', () => {
      expect(sourcesIn(program, 'src/').length).toBeGreaterThan(40)
      expect(complaintsIn(program)).toEqual([])
    }, 60_000)

    it('of the page that the main entry calls; Web Locks where there are any', () => {
      const oauth2 = new Set(sourcesIn(program, 'src/oauth2/'))
      const sources = sourcesIn(program, 'src/').filter((source) => !oauth2.has(source))
      const used = webApisIn(program, sources)

      expect(used.length).toBeGreaterThan(20)
      expect(used.filter((name) => !WEB_APIS.includes(name))).toEqual([])
    }, 60_000)
  })
})
