import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Rolldown, build } from 'vite'
import { inject } from 'vitest'

const FIXTURES = join(import.meta.dirname, 'fixtures')

/** Every strict option, and declarations of packages are read as closely as the application's own code. */
const COMPILER_OPTIONS = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  types: [],
  noEmit: true,
}

const RESOLUTIONS = {
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

/** The two ways in which TypeScript resolves a package that is ESM alone. */
export type Resolution = keyof typeof RESOLUTIONS

/** An application in an empty folder, with the tarball and some peers installed. */
export interface Consumer {
  /** Installs the tarball beside these versions of its peers. */
  install(peers: Record<string, string>): void
  /** The complaints of the compiler about these files and about the package itself. */
  check(resolution: Resolution, files: string[]): Promise<string[]>
  /** The code of the application's bundle. */
  bundle(): Promise<string>
  remove(): Promise<void>
}

export async function createConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'vue-auth-axios-app-'))
  await cp(FIXTURES, folder, { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module' }),
  )

  return {
    install(peers) {
      const packages = Object.entries(peers).map(([name, version]) => `${name}@${version}`)
      const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
      const { status, stderr } = run('npm', ['install', ...quiet, inject('tarball'), ...packages], folder)
      if (status !== 0) throw new Error(`npm install failed: ${stderr}`)
    },

    async check(resolution, files) {
      const compilerOptions = { ...COMPILER_OPTIONS, ...RESOLUTIONS[resolution] }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
      const { stdout } = run(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], folder)
      return stdout.split('\n').filter(isOurs)
    },

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

    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Declarations of other packages have errors of their own, vue-router's under `exactOptionalPropertyTypes`. */
function isOurs(line: string): boolean {
  const isError = /error TS\d+/.test(line)
  return isError && (!line.startsWith('node_modules/') || line.startsWith('node_modules/vue-auth-axios/'))
}

function run(
  command: string,
  args: string[],
  cwd: string,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
