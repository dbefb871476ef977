import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the app was built. */
    nuxtApp: string
  }
}

const ROOT = join(import.meta.dirname, '../..')
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']

/** Installs an app in an empty folder, from its lock file and the packed package, and builds it as its users do. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // A folder that was built before, to work on the tests.
  const built = process.env.NUXT_APP
  const folder = built ?? (await createApp())
  project.provide('nuxtApp', folder)
  return built ? undefined : () => rm(folder, { recursive: true, force: true })
}

async function createApp(): Promise<string> {
  if (!existsSync(join(ROOT, 'dist/nuxt/index.js'))) throw new Error('Run `npm run build` first.')
  const folder = await mkdtemp(join(tmpdir(), 'vue-auth-axios-nuxt-'))
  await cp(join(import.meta.dirname, 'app'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\.nuxt|\.output/.test(path.slice(import.meta.dirname.length)),
  })
  const [pack] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT),
  ) as [{ filename: string }]
  run('npm', ['ci', ...QUIET], folder)
  run('npm', ['install', '--no-save', ...QUIET, `./${pack.filename}`], folder)
  run('npm', ['run', 'build'], folder)
  // Not beside the build: they write to the same folder.
  run('npm', ['run', 'prepare:types'], folder)
  return folder
}

function run(command: string, args: string[], cwd: string): string {
  const env = { ...process.env, NUXT_TELEMETRY_DISABLED: '1' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  return stdout
}
