import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiPages } from './api.ts'
import { benchmarkPage } from './benchmark.ts'
import { DOCS } from './project.ts'
import { setupsPage } from './setups.ts'

/** The pages that are written from the code and from what was measured, by their paths below the docs. */
export const writtenPages = (): Map<string, string> =>
  new Map([...apiPages(), ['setups.md', setupsPage()], ['benchmark.md', benchmarkPage()]])

/** Writes them. */
export function writePages(): void {
  for (const [path, text] of writtenPages()) {
    const file = join(DOCS, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

if (import.meta.main) writePages()
