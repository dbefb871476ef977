import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest'
import { chromiumLaunch } from '../support/chromium.ts'
import { freePort } from '../support/real-tabs/free-port.ts'
import {
  type SessionKind,
  cookieHeader,
  cookiesWith,
  sessionIn,
  tokensOf,
} from '../support/ssr/session-cookies.ts'
import { StrictServer } from '../support/strict-server.ts'

/** A built Nuxt app, its API, and a browser. */
export interface Site {
  readonly api: StrictServer
  readonly url: string
  /** What the server of the app has written to its console. */
  readonly log: string[]
  /** Somebody with a browser profile of their own; signed in where told so. */
  visitor(session?: SessionKind, role?: 'admin' | 'reader'): Promise<Visitor>
  /** The answer of the app's server to a request with the cookies of a visitor. */
  ask(path: string, visitor?: Visitor): Promise<Response>
}

/** Somebody with a browser. */
export interface Visitor {
  readonly context: BrowserContext
  /** Their session at the API. */
  readonly id: number
  /** The `Cookie` header of their first request. */
  readonly cookie: string
  /** Opens a page in a tab. */
  open(path: string): Promise<Tab>
}

/** A page, and what has happened in it. */
export interface Tab {
  readonly page: Page
  /** Warnings and errors on the console, and what was thrown. */
  readonly complaints: string[]
  /** The pages that were navigated to, from the first request on. */
  readonly paths: string[]
  /** What an element shows. */
  shows(id: string): Promise<string>
}

/** Starts the app for the tests of a file, below a path where one is given. */
export function useSite(refreshOnServer: 'never' | 'shared', base = ''): Site {
  const api = new StrictServer()
  const log: string[] = []
  const admins = new Set<number>()
  let browser: Browser
  let server: ChildProcess
  let url = ''

  beforeAll(async () => {
    await api.start()
    api.answers = ({ path, authorization = '' }, isAuthorised) => {
      if (path !== '/auth/me' || !isAuthorised) return undefined
      const id = sessionIn(authorization)
      const body = JSON.stringify({ id, role: admins.has(id) ? 'admin' : 'reader' })
      return { status: 200, headers: { 'content-type': 'application/json' }, body }
    }
    const port = await freePort()
    url = `http://localhost:${port}${base}`
    server = spawn(process.execPath, [join(inject('nuxtApp'), '.output/server/index.mjs')], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        HOST: 'localhost',
        NUXT_AUTH_AXIOS_SERVER_BASE_URL: api.url,
        NUXT_PUBLIC_AUTH_AXIOS_REFRESH_ON_SERVER: refreshOnServer,
        NUXT_PUBLIC_AUTH_AXIOS_BASE_URL: `${base}/api`,
        NUXT_APP_BASE_URL: `${base}/`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => log.push(chunk.toString()))
    }
    await answering(url, log)
    browser = await chromium.launch(chromiumLaunch())
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill()
    await api.stop()
  })

  return {
    api,
    log,
    get url() {
      return url
    },
    async visitor(session, role = 'reader') {
      const context = await browser.newContext()
      onTestFinished(() => context.close())
      const tokens = session && tokensOf(api, session)
      const cookies = tokens ? cookiesWith(tokens) : []
      const id = sessionIn(tokens?.accessToken)
      if (role === 'admin') admins.add(id)
      if (cookies.length) await context.addCookies(cookies.map((cookie) => ({ ...cookie, url })))
      return {
        context,
        id,
        cookie: cookieHeader(cookies),
        open: (path) => open(context, url + path),
      }
    },
    ask: (path, visitor) =>
      fetch(url + path, { redirect: 'manual', headers: visitor ? { cookie: visitor.cookie } : {} }),
  }
}

/** Resolves once a server takes requests. */
async function answering(url: string, log: string[]): Promise<void> {
  for (const until = performance.now() + 20_000; performance.now() < until; await sleep(50)) {
    if (await fetch(`${url}/forbidden`).catch(() => null)) return
  }
  throw new Error(`The app does not start: ${log.join('')}`)
}

async function open(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage()
  const complaints: string[] = []
  const paths: string[] = []
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('framenavigated', (frame) => {
    const { pathname, search } = new URL(frame.url())
    // A router notes its own state under the same address.
    if (frame === page.mainFrame() && paths.at(-1) !== pathname + search) paths.push(pathname + search)
  })
  await page.goto(url)
  // A click on what a server has rendered is lost until the page has taken it over.
  await page.waitForFunction(`{
    const { $nuxt } = document.querySelector('#__nuxt')?.__vue_app__ ?? {}
    $nuxt && !$nuxt.isHydrating
  }`)
  return {
    page,
    complaints,
    paths,
    shows: (id) => page.locator(`#${id}`).innerText(),
  }
}
