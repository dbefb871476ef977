import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { chromiumLaunch } from '../support/chromium.ts'
import { times } from '../support/outcomes.ts'
import { freePort } from '../support/real-tabs/free-port.ts'
import {
  type SessionKind,
  cookieHeader,
  cookiesWith,
  sessionIn,
  tokensOf,
} from '../support/ssr/session-cookies.ts'
import { type Arrival, type Reply, StrictServer } from '../support/strict-server.ts'
import { PROJECT, allPages } from './pages.ts'

/** Where the guide's app is pasted: inside the project, so that its packages are found. */
const FOLDER = join(import.meta.dirname, '.blocks-ssr')

/** What the guide leaves to its reader. */
const GIVEN: Record<string, string> = {
  'index.html':
    '<!doctype html><html><head><link rel="icon" href="data:," /></head><body><!--app--><script type="module" src="/src/entry-client.ts"></script></body></html>',
  'src/HomePage.vue': pageWith(
    '<h1>{{ auth.isAuthenticated ? "Welcome back" : "Welcome" }}</h1><p>{{ auth.user }}</p>',
  ),
  'src/AdminPage.vue': pageWith('<h1>Admin</h1><p>{{ auth.user }}</p>'),
  'src/LoginPage.vue': pageWith(
    `<h1>Sign in</h1><button @click="auth.login({ username: 'ada', password: 'ada' })">Sign in</button>`,
  ),
  'vite.config.ts': `
    import vue from '@vitejs/plugin-vue'

    const names = ['index', 'server/index']
    export default {
      cacheDir: '.cache',
      logLevel: 'error',
      plugins: [vue()],
      resolve: {
        alias: [
          { find: 'vue-auth-axios/server', replacement: '${PROJECT}/src/server/index.ts' },
          { find: 'vue-auth-axios', replacement: '${PROJECT}/src/index.ts' },
        ],
      },
      optimizeDeps: { include: ['vue-auth-axios', 'vue-auth-axios/server', 'axios', 'pinia', 'vue', 'vue-router'] },
      server: {
        proxy: {
          '/api': { target: process.env.API_URL, rewrite: (path) => path.slice('/api'.length) },
        },
      },
    }`,
}

function pageWith(template: string): string {
  const setup = `import { useAuthStore } from 'vue-auth-axios'\nconst auth = useAuthStore()`
  return `<script setup lang="ts">\n${setup}\n</script>\n<template>${template}</template>\n`
}

/** Pastes every file that the guide shows; where refreshes are shared, the app imports the files that share them. */
function pasteGuide(folder: string, isShared: boolean): void {
  const guide = allPages().find(({ path }) => path.endsWith('/rendering.md'))!
  const files = guide.blocks.flatMap(({ file, code }) => (file ? [[file, code] as const] : []))
  for (const [file, code] of [...files, ...Object.entries(GIVEN)]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    const share = (text: string) =>
      text
        .replace(/'\.\/(auth-(?:on-server|in-page))'/, `'./shared/$1'`)
        .replace('/src/server.ts', '/src/shared/server.ts')
    writeFileSync(join(folder, file), isShared && !file.includes('shared/') ? share(code) : code)
  }
}

/** Somebody with a browser profile of their own. */
interface Visitor {
  readonly context: BrowserContext
  readonly id: number
  /** The page as the server sends it, to a request with the cookies of the beginning. */
  ask(path: string): Promise<{ status: number; location: string | null; html: string; cookies: string[] }>
  open(path: string): Promise<Tab>
}

interface Tab {
  readonly page: Page
  /** Warnings and errors on the console, and what was thrown. */
  readonly complaints: string[]
  /** The text of the page. */
  text(): Promise<string>
}

let browser: Browser

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true })
  browser = await chromium.launch(chromiumLaunch())
})

afterAll(async () => {
  await browser?.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

/** Everybody is an admin. */
function userFor({ path, authorization }: Arrival): Reply | undefined {
  if (path !== '/auth/me') return undefined
  const body = JSON.stringify({ id: sessionIn(authorization), role: 'admin' })
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** Runs the app of the guide for some tests. */
function useGuide(isShared: boolean) {
  const api = new StrictServer()
  const folder = join(FOLDER, isShared ? 'shared' : 'page')
  const log: string[] = []
  let server: ChildProcess
  let url = ''

  beforeAll(async () => {
    pasteGuide(folder, isShared)
    await api.start()
    api.answers = (arrival, isAuthorised) => (isAuthorised ? userFor(arrival) : undefined)
    const port = await freePort()
    url = `http://localhost:${port}`
    server = spawn(process.execPath, ['--no-warnings', 'dev.ts'], {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: String(port), API_URL: api.url },
    })
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => log.push(chunk.toString()))
    }
    await answering(url, log)
  }, 60_000)
  beforeEach(() => {
    log.length = 0
  })
  afterAll(async () => {
    server?.kill()
    await api.stop()
  })

  async function visitor(session?: SessionKind): Promise<Visitor> {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const tokens = session && tokensOf(api, session)
    const cookies = tokens ? cookiesWith(tokens) : []
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, url })))
    return {
      context,
      id: sessionIn(tokens?.accessToken),
      async ask(path) {
        const headers = tokens ? { cookie: cookieHeader(cookies) } : undefined
        const answer = await fetch(url + path, { redirect: 'manual', ...(headers && { headers }) })
        return {
          status: answer.status,
          location: answer.headers.get('location'),
          html: await answer.text(),
          cookies: answer.headers.getSetCookie(),
        }
      },
      open: (path) => open(context, url + path),
    }
  }
  return { api, log, visitor }
}

async function answering(url: string, log: string[]): Promise<void> {
  for (const until = performance.now() + 30_000; performance.now() < until; await sleep(50)) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
  }
  throw new Error(`The app does not start: ${log.join('')}`)
}

async function open(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return { page, complaints, text: () => page.locator('body').innerText() }
}

/** The browser says so itself of every answer that is no success, and the library explains the first refusal in development. */
const ours = (complaints: string[]) =>
  complaints.filter(
    (text) => !/^Failed to load resource.*40[01]|^\[vue-auth-axios\] The refresh was refused/.test(text),
  )

/** Whose user and whose orders a page shows, as HTML or as text. */
const shown = (page: string) =>
  [...page.matchAll(/(?:"|&quot;)(id|session)(?:"|&quot;): (\d+)/g)].map(([, what, id]) => `${what} ${id}`)

const all = ({ id }: Visitor) => [`id ${id}`, `session ${id}`]

/** Sends a request as the page does. */
const sendInPage = (page: Page): Promise<unknown> =>
  page.evaluate(
    `document.querySelector('#app').__vue_app__.config.globalProperties.$http.get('/orders').then(({ data }) => data.session, String)`,
  )

describe('a page whose server leaves refreshes to the browser', () => {
  const { api, log, visitor } = useGuide(false)
  const refreshes = () => api.to('/auth/refresh').length

  test('is rendered with its visitor, hydrates as it is and loads nothing twice', async () => {
    const ada = await visitor('live')

    const { html, cookies } = await ada.ask('/mine')
    const before = api.to('/orders').length
    const { complaints, page, text } = await ada.open('/mine')
    await page.waitForLoadState('networkidle')

    expect(shown(html)).toEqual(all(ada))
    expect(html).not.toMatch(/[AR]T-\d/)
    expect(shown(await text())).toEqual(all(ada))
    expect(await sendInPage(page), 'it is alive').toBe(ada.id)
    expect(api.to('/orders').length - before, 'by the server, and by the test').toBe(2)
    expect([cookies, complaints, log]).toEqual([[], [], []])
  })

  test.each(['expired', 'dead'] as const)(
    'loads in the browser what a token that is %s kept from the server',
    async (kind) => {
      const ada = await visitor(kind)
      const before = refreshes()

      const { status, html } = await ada.ask('/orders')
      expect([status, shown(html), refreshes() - before]).toEqual([200, [], 0])

      const { complaints, text } = await ada.open('/orders')
      await expect.poll(async () => shown(await text())).toEqual(all(ada))
      expect(refreshes() - before).toBe(1)
      expect([ours(complaints), log]).toEqual([[], []])
    },
  )

  test('is sent unrendered where a guard asks for a user whom only the browser can load', async () => {
    const ada = await visitor('expired')

    for (const path of ['/admin', '/mine']) {
      const { status, html } = await ada.ask(path)
      expect([status, html.includes('<div id="app"></div>')]).toEqual([200, true])
    }

    const { complaints, page, text } = await ada.open('/admin')
    await page.getByRole('heading', { name: 'Admin' }).waitFor()
    expect(shown(await text())).toEqual([`id ${ada.id}`])
    expect([complaints, log]).toEqual([[], []])
  })

  test.each(['/orders', '/mine'])(
    'leads a session that is refused to the login page, and back: %s',
    async (path) => {
      const ada = await visitor('refused')

      const { complaints, page, text } = await ada.open(path)
      await page.waitForURL(`**/login?redirect=${path}`)
      await expect.poll(() => ada.context.cookies()).toEqual([])
      await page.getByRole('button').click()

      await page.waitForURL(`**${path}`)
      await expect.poll(async () => shown(await text())).toHaveLength(2)
      expect([ours(complaints), log]).toEqual([[], []])
    },
  )

  test('is shown to a stranger as far as they may see it', async () => {
    const stranger = await visitor()

    expect(await stranger.ask('/mine')).toMatchObject({ status: 302, location: '/login?redirect=/mine' })
    expect(await stranger.ask('/orders')).toMatchObject({ status: 200 })
    const { complaints, text } = await stranger.open('/?q=a%20b+c')
    expect(await text()).toContain('Welcome')
    expect([complaints, log]).toEqual([[], []])
  })

  test('is its own for each of those who come at once', async () => {
    const visitors = await Promise.all([visitor('live'), visitor('live'), visitor('dead')])
    const pages = await Promise.all(times(30, (turn) => visitors[turn % 3]!.ask('/mine')))
    const tabs = await Promise.all(visitors.slice(0, 2).map((who) => who.open('/mine')))

    pages.forEach(({ html }, turn) =>
      expect(shown(html)).toEqual(turn % 3 < 2 ? all(visitors[turn % 3]!) : []),
    )
    for (const [index, { complaints, text }] of tabs.entries()) {
      expect([shown(await text()), complaints]).toEqual([all(visitors[index]!), []])
    }
  })
})

describe('a page whose server refreshes as well', () => {
  const { api, log, visitor } = useGuide(true)

  test.each(['expired', 'dead'] as const)(
    'is rendered with a token that is %s; the new pair reaches the browser',
    async (kind) => {
      const ada = await visitor(kind)
      const before = api.refreshes

      const { complaints, page, text } = await ada.open('/mine')
      expect(shown(await text())).toEqual(all(ada))
      await page.reload()

      expect(shown(await text())).toEqual(all(ada))
      expect(await sendInPage(page)).toBe(ada.id)
      expect([api.refreshes - before, api.reuses]).toEqual([1, 0])
      expect([complaints, log]).toEqual([[], []])
    },
  )

  test('is refreshed once for all who come at once, the page before it included', async () => {
    const [ada, bob] = [await visitor('live'), await visitor('dead')]
    const { complaints, page } = await ada.open('/mine')
    const before = api.refreshes
    api.expire()
    api.refreshDelay = 500
    onTestFinished(() => void (api.refreshDelay = 0))

    const own = sendInPage(page).then(undefined, String)
    const pages = await Promise.all(times(20, (turn) => [ada, bob][turn % 2]!.ask('/mine')))

    pages.forEach(({ html }, turn) => expect(shown(html)).toEqual(all([ada, bob][turn % 2]!)))
    expect(await own).toBe(ada.id)
    expect([api.refreshes - before, api.reuses]).toEqual([2, 0])
    expect([ours(complaints), log]).toEqual([[], []])
  })

  test.each(['before', 'while'])(
    'leads to the login page where it is refused %s it is rendered',
    async (when) => {
      const ada = await visitor('refused')
      // Where the user comes all the same, it is the data that find out.
      if (when === 'while') api.answers = (arrival) => userFor(arrival)

      const { complaints, page } = await ada.open('/mine')

      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/login?redirect=/mine')
      expect(await ada.context.cookies()).toEqual([])
      expect([complaints, ours(log)]).toEqual([[], []])
    },
  )
})
