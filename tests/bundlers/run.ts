import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bundles the built package with other bundlers than Vite, and looks for what is meant for development alone. */

const FOLDER = import.meta.dirname
const ENTRY = join(FOLDER, 'app.js')

/** A piece of what the devtools say, and of where they are looked for. */
const OF_DEVTOOLS = ['devtools-plugin:setup', 'Expire the access token', '__VUE_DEVTOOLS_GLOBAL_HOOK__']

/** Other words for development. */
const OF_DEVELOPMENT = ['The refresh was refused', 'In a test, app.use(']

type Mode = 'production' | 'development'
type Bundle = (mode: Mode, folder: string) => Promise<void>

if (!existsSync(join(FOLDER, 'node_modules'))) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' })
  if (status !== 0) throw new Error('The bundlers could not be installed.')
}
const require = createRequire(join(FOLDER, 'package.json'))
const packages = ['axios', 'jwt-decode', 'pinia', 'vue', 'vue-router']

const esbuild: Bundle = async (mode, folder) => {
  const { build } = require('esbuild')
  await build({
    entryPoints: [ENTRY],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: mode === 'production',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    external: packages,
  })
}

/** Rspack speaks webpack's language. */
const like =
  (name: string): Bundle =>
  async (mode, folder) => {
    const bundler = require(name)
    const compiler = (bundler.rspack ?? bundler)({
      mode,
      context: FOLDER,
      entry: ENTRY,
      devtool: false,
      target: 'web',
      output: { path: folder },
      externals: Object.fromEntries(packages.map((id) => [id, `var ${id.replace(/\W/g, '_')}`])),
    })
    const stats = await new Promise<{ hasErrors(): boolean; toString(): string }>((resolve, reject) =>
      compiler.run((error: unknown, result: never) => (error ? reject(error) : resolve(result))),
    )
    if (stats.hasErrors()) throw new Error(stats.toString())
  }

const BUNDLERS: Record<string, Bundle> = { esbuild, webpack: like('webpack'), rspack: like('@rspack/core') }

/** All that a bundler has written, the chunks that are loaded later as well. */
async function codeOf(bundle: Bundle, mode: Mode): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vue-auth-axios-bundle-'))
  try {
    await bundle(mode, folder)
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'))
    return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is wrong with the bundles of one bundler. */
async function complaintsAbout(bundle: Bundle): Promise<string[]> {
  const [production, development] = [await codeOf(bundle, 'production'), await codeOf(bundle, 'development')]
  const words = [...OF_DEVTOOLS, ...OF_DEVELOPMENT]
  return [
    ...(production.includes('/auth/refresh') ? [] : ['The library is not in the bundle.']),
    ...words.filter((word) => production.includes(word)).map((word) => `In production: "${word}"`),
    ...words.filter((word) => !development.includes(word)).map((word) => `Not in development: "${word}"`),
  ]
}

let failed = 0
for (const [name, bundle] of Object.entries(BUNDLERS)) {
  const complaints = await complaintsAbout(bundle)
  if (complaints.length > 0) failed++
  process.stdout.write(`${complaints.length > 0 ? '✗' : '✓'} ${name}\n`)
  for (const complaint of complaints) process.stdout.write(`    ${complaint}\n`)
}
process.stdout.write(`\n${Object.keys(BUNDLERS).length - failed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
