import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { type Browser, type Page, chromium } from 'playwright'
import { type InlineConfig, type PreviewServer, build, preview } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumLaunch } from '../support/chromium.ts'
import { freePort } from '../support/real-tabs/free-port.ts'
import { PROJECT, allPages } from './pages.ts'

const FOLDER = join(import.meta.dirname, '.blocks-run')

/** How long the guide's access tokens live, in s: nobody waits ten seconds here. */
const LIFETIME = 2

const PAGE = `<!doctype html><title>shop</title><div id="app"></div><script type="module" src="/src/main.ts"></script>`

let api: ChildProcess
let site: PreviewServer
let browser: Browser
let page: Page
/** What the API was asked, and what it answered. */
const answers: string[] = []

const count = (answer: string) => answers.filter((other) => other === answer).length

/** Pastes every file that the guide shows. */
function pasteGuide(): void {
  rmSync(FOLDER, { recursive: true, force: true })
  const guide = allPages().find(({ path }) => path.endsWith('/getting-started.md'))!
  const files = guide.blocks.flatMap(({ file, code }) => (file ? [{ file, code }] : []))
  for (const { file, code } of [...files, { file: 'index.html', code: PAGE }]) {
    mkdirSync(dirname(join(FOLDER, file)), { recursive: true })
    writeFileSync(join(FOLDER, file), code.replace('LIFETIME = 10', `LIFETIME = ${LIFETIME}`))
  }
}

async function buildAndServe(apiPort: number): Promise<PreviewServer> {
  const config: InlineConfig = {
    root: FOLDER,
    configFile: false,
    logLevel: 'error',
    plugins: [vue()],
    resolve: { alias: { 'vue-auth-axios': join(PROJECT, 'src/index.ts') } },
    preview: { port: await freePort(), proxy: { '/api': `http://localhost:${apiPort}` } },
  }
  await build(config)
  return preview(config)
}

beforeAll(async () => {
  pasteGuide()
  const port = await freePort()
  api = spawn(process.execPath, ['server.mjs'], { cwd: FOLDER, env: { ...process.env, PORT: String(port) } })
  site = await buildAndServe(port)
  browser = await chromium.launch(chromiumLaunch())
  page = await browser.newPage()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.startsWith('/api/')) answers.push(`${response.status()} ${pathname.slice('/api'.length)}`)
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await site?.close()
  api?.kill()
  rmSync(FOLDER, { recursive: true, force: true })
})

const address = () => new URL(page.url())

test('a visitor lands on the login page, sees why a login fails, and then what they came for', async () => {
  await page.goto(site.resolvedUrls!.local[0]!)
  await page.waitForURL('**/login?redirect=/')

  await page.getByLabel('Name').fill('ada')
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Wrong name or password.').waitFor()
  await page.getByLabel('Password').fill('ada')
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByText('a lamp').first().waitFor()
  expect(address().pathname).toBe('/')
  expect(await page.getByText('Hello Ada.').isVisible()).toBe(true)
})

test('six requests with an expired token make one refresh', async () => {
  await page.waitForTimeout(LIFETIME * 1000 + 100)
  answers.length = 0

  await page.getByRole('button', { name: 'Load again' }).click()

  await expect.poll(() => count('200 /items')).toBe(6)
  expect(answers.filter((answer) => answer.endsWith('/auth/refresh'))).toEqual(['200 /auth/refresh'])
})

test('a role page is shown, and a reload stays on it', async () => {
  await page.getByRole('link', { name: 'Admin' }).click()
  await page.getByText('Admins only').waitFor()

  await page.reload()

  await page.getByText('Admins only').waitFor()
  expect(address().pathname).toBe('/admin')
})

test('signing out tells the server, and leads to the login page', async () => {
  await page.goBack()
  await page.getByRole('button', { name: 'Sign out' }).click()

  await page.waitForURL('**/login')
  await expect.poll(() => count('204 /auth/logout')).toBe(1)
})
