import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** A folder for generated code, beside the tests so that it finds the packages; it is gone after the file. */
export async function generatedFolder(name: string): Promise<string> {
  const place = fileURLToPath(new URL('../integration/neighbours/', import.meta.url))
  const folder = await mkdtemp(join(place, `generated-${name}-`))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
