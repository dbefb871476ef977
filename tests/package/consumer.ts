import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { type Rolldown, build } from 'vite'
import { inject } from 'vitest'

const FIXTURES = join(import.meta.dirname, 'fixtures')

/** Every strict option, and declarations of packages are read as closely as the application's own code. */
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  types: [],
  noEmit: true,
}

const RESOLUTIONS = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

/** The two ways in which TypeScript resolves a package that is ESM alone. */
export type Resolution = keyof typeof RESOLUTIONS

/** An application in an empty folder, with the tarball and some peers installed. */
export interface Consumer {
  /** The complaints of the compiler about these files and about the package itself. */
  check(resolution: Resolution, files: string[]): string[]
  /** The code of the application's bundle. */
  bundle(): Promise<string>
  /** What a file of the application prints, as JSON, when Node runs it. */
  run(file: string): Promise<unknown>
  remove(): Promise<void>
}

const execute = promisify(execFile)

/** Makes one that has these versions of the package's peers. */
export async function createConsumer(peers: Record<string, string>): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'vue-auth-axios-app-'))
  await cp(FIXTURES, folder, { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module' }),
  )
  await install(folder, peers)
  return {
    check: (resolution, files) => complaints(folder, resolution, files),

    async bundle() {
      const built = await build({
        root: folder,
        configFile: false,
        logLevel: 'error',
        build: { write: false },
      })
      const { output } = built as Rolldown.RolldownOutput
      return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n')
    },

    async run(file) {
      const { stdout } = await execute(process.execPath, [file], { cwd: folder })
      return JSON.parse(stdout) as unknown
    },

    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function install(folder: string, peers: Record<string, string>): Promise<void> {
  const packages = Object.entries(peers).map(([name, version]) => `${name}@${version}`)
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await execute('npm', ['install', ...quiet, inject('tarball'), ...packages], { cwd: folder })
}

/**
 * Declarations of other packages have errors of their own, vue-router's under `exactOptionalPropertyTypes`: only what is
 * ours is looked at, which is a fraction of the work as well.
 */
function complaints(folder: string, resolution: Resolution, files: string[]): string[] {
  const options = { ...COMPILER_OPTIONS, ...RESOLUTIONS[resolution] }
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    options,
  )
  const sources = program.getSourceFiles().filter(({ fileName }) => isOurs(relative(folder, fileName)))
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...sources.flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]),
  ]
  return found.map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}

const isOurs = (path: string) => !/^\.\.|^node_modules\/(?!vue-auth-axios\/)/.test(path)
