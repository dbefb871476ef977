import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { type PlaygroundProvider, createProvider } from '../../../playground/server/provider.ts'
import { chromiumLaunch } from '../chromium.ts'
import { type Pages, bundle, servePages } from '../real-tabs/pages.ts'

/** A provider on an origin of its own, and pages on another. */
export interface ProviderAndPages {
  readonly provider: PlaygroundProvider
  readonly issuer: string
  readonly origin: string
  /** A visitor with a fresh profile. */
  visit(settings?: { dpop?: boolean }): Promise<Visitor>
}

/** A visitor's profile; their consoles must stay clean. */
export interface Visitor {
  readonly context: BrowserContext
  /** Opens a tab, and waits for what the application makes of the path. */
  open(path?: string): Promise<Page>
  /** Signs in through the provider's own pages, in a tab that shows them. */
  fillIn(page: Page, username: string, code?: string): Promise<void>
  /** Opens a tab that is signed in. */
  signIn(username?: string): Promise<Page>
}

/** Where the provider is, on its origin. */
const MOUNT = '/oidc'

/** The browser says so itself of every answer that is no success. */
const ANSWERED_WITH_AN_ERROR = 'Failed to load resource'

/** Starts a browser, a provider and pages for the tests of a file. */
export function useProvider(): ProviderAndPages {
  let browser: Browser
  let pages: Pages
  let server: Server
  let issuer: string
  let provider: PlaygroundProvider

  beforeAll(async () => {
    const [script, launched] = await Promise.all([
      bundle('tests/browser/pages/oauth2-app.ts'),
      chromium.launch(chromiumLaunch()),
    ])
    browser = launched
    pages = await servePages(script)
    // Mounted below a path, as in the playground.
    server = createServer((request, response) => {
      const { url = '' } = request
      Object.assign(request, { originalUrl: url, url: url.replace(MOUNT, '') })
      provider.listen(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${MOUNT}`
    provider = await createProvider({
      issuer,
      redirectUris: [`${pages.origin}/callback`],
      postLogoutRedirectUris: [`${pages.origin}/signed-out`],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.close()
    server?.close()
    server?.closeAllConnections()
  })

  return {
    get provider() {
      return provider
    },
    get issuer() {
      return issuer
    },
    get origin() {
      return pages.origin
    },
    async visit({ dpop = true } = {}) {
      const context = await browser.newContext()
      context.setDefaultTimeout(20_000)
      await context.addInitScript((settings) => (window.oauth2Settings = settings), { issuer, dpop })
      const complaints: string[] = []
      context.on('console', (message) => {
        const isComplaint = ['warning', 'error'].includes(message.type())
        if (isComplaint && !message.text().startsWith(ANSWERED_WITH_AN_ERROR)) complaints.push(message.text())
      })
      context.on('weberror', (error) => complaints.push(String(error.error())))
      onTestFinished(async () => {
        await context.close()
        expect(complaints).toEqual([])
      })

      async function open(path = '/'): Promise<Page> {
        const page = await context.newPage()
        await page.goto(`${pages.origin}${path}`)
        await page.waitForFunction(() => window.oauth2?.store.status !== 'pending')
        return page
      }
      async function fillIn(page: Page, username: string, code?: string): Promise<void> {
        await page.waitForURL((url) => url.href.startsWith(`${issuer}/interaction/`))
        await page.getByLabel('Name').fill(username)
        await page.getByLabel('Password').fill(username)
        if (code) await page.getByLabel('One-time code').fill(code)
        await page.getByRole('button', { name: 'Sign in' }).click()
      }
      return {
        context,
        open,
        fillIn,
        async signIn(username = 'ada') {
          const page = await open('/secret')
          await page.evaluate(() => void window.oauth2.oauth.signIn())
          await fillIn(page, username)
          await signedIn(page)
          return page
        },
      }
    },
  }
}

/** Waits until a tab has come back and has a session. */
export async function signedIn(page: Page): Promise<void> {
  await page.waitForFunction(
    () => window.oauth2?.store.isAuthenticated && !window.oauth2.at().startsWith('/callback'),
  )
}
