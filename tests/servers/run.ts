// Installs and starts real servers, and drives each setup of `playground/setups/servers` against its own in Chromium:
// `npm run test:servers`, or with the names of setups (`npm run test:servers -- simpleJwt strapi`).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { chromiumLaunch } from '../support/chromium.ts'
import { elsewhere, fleet } from './fleet/index.ts'
import type { RealServer } from './fleet/real-server.ts'
import { Unavailable, Workshop } from './machine.ts'
import { PageServer } from './page-server.ts'
import { type Result, table } from './table.ts'
import { drive } from './visit.ts'

const DOCUMENT = join(import.meta.dirname, '../../playground/docs/servers-table.md')

const wanted = process.argv.slice(2)
const isWanted = ({ setupName }: { setupName: string }) => wanted.length === 0 || wanted.includes(setupName)

async function tryOut(server: RealServer, browser: Browser, pages: PageServer): Promise<Result> {
  const { name, setupName } = server
  const workshop = new Workshop()
  process.stdout.write(`${name} … `)
  try {
    const running = await server.start(workshop, pages.origin)
    const row = await drive(browser, pages, server, running)
    const broken = Object.entries(row).filter(([, { isFine }]) => !isFine)
    process.stdout.write(
      broken.length === 0 ? 'ok\n' : `${broken.map(([trial, { text }]) => `${trial}: ${text}`).join('; ')}\n`,
    )
    return { name, setupName, version: running.version, row }
  } catch (error) {
    const missing = error instanceof Unavailable ? error.message : `failed: ${String(error).slice(0, 1000)}`
    process.stdout.write(`${missing}\n`)
    return { name, setupName, missing, isBroken: !(error instanceof Unavailable) }
  } finally {
    await workshop.close()
  }
}

const pages = await PageServer.start()
const browser = await chromium.launch(chromiumLaunch())
const results: Result[] = []
try {
  for (const server of fleet.filter(isWanted)) results.push(await tryOut(server, browser, pages))
} finally {
  await browser.close()
  await pages.close()
}
for (const { name, setupName, why } of elsewhere.filter(isWanted)) {
  results.push({ name, setupName, missing: `${why}; its setup is tried against a replica in \`npm test\`` })
}

const text = table(results)
process.stdout.write(`\n${text}`)
if (wanted.length === 0) writeFileSync(DOCUMENT, text)
const isFailure = ({ row, isBroken }: Result) =>
  isBroken || (row && Object.values(row).some(({ isFine }) => !isFine))
process.exitCode = results.some(isFailure) ? 1 : 0
