import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of the packed package. */
    tarball: string
    /** What the tarball holds, relative to the package. */
    packed: string[]
  }
}

const run = promisify(execFile)

/** Packs what the build has left in `dist`, once for all tests of the package. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync('dist/index.js')) throw new Error('There is no dist to test: run `npm run build` first.')
  const folder = await mkdtemp(join(tmpdir(), 'vue-auth-axios-pack-'))
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await run('npm', args)
  const [pack] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  project.provide('tarball', join(folder, pack.filename))
  project.provide(
    'packed',
    pack.files.map((file) => file.path),
  )
  return () => rm(folder, { recursive: true, force: true })
}
