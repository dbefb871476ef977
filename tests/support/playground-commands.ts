import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { CDPSession, Locator, Page } from 'playwright'
import type { BrowserCommandContext } from 'vitest/node'
import { PLAYGROUND_BASE } from './playground-page.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Opens a page of the playground in a tab of its own. */
    openPlayground(path: string): Promise<VisitId>
    /** Does what a visitor does with mouse and keyboard, once the part of the page is there and ready for it. */
    act(visit: VisitId, act: Act): Promise<void>
    /** What a visitor sees of a part of the page; `null` where it is not there. */
    look(visit: VisitId, part: Part): Promise<string | null>
    /** Evaluates an expression in the page; what it gives (or resolves to) has to survive JSON. */
    evaluateInPlayground(visit: VisitId, expression: string): Promise<unknown>
    /** What has happened in the tab so far. */
    chronicle(visit: VisitId): Promise<Chronicle>
    /** Looks at the page as it is now in a window of this width: what axe finds wrong, and whether it scrolls sideways. */
    audit(visit: VisitId, look: Look): Promise<string[]>
    /** Lets the page know whether its visitor wants things to move. */
    preferMotion(visit: VisitId, motion: 'reduce' | 'no-preference'): Promise<void>
    /** Takes the network away from the tab, or gives it back. */
    setOnline(visit: VisitId, isOnline: boolean): Promise<void>
    closePlayground(visit: VisitId): Promise<void>
    /** Forgets the cookies that the server has set. */
    forgetCookies(): Promise<void>
  }
}

/** Names a tab: pages themselves do not travel between the test and the server. */
export type VisitId = number

/** A part of the page, by what a visitor or a screen reader calls it. */
export interface Part {
  role:
    | 'alert'
    | 'button'
    | 'checkbox'
    | 'heading'
    | 'link'
    | 'main'
    | 'radio'
    | 'region'
    | 'slider'
    | 'textbox'
    | 'banner'
  name?: string
  /** The name of the region that it is in. */
  within?: string
}

/** What a visitor does. */
export type Act =
  | { do: 'press'; part: Part }
  | { do: 'fill'; part: Part; text: string }
  /** Presses a key, or several one after the other, wherever the focus is. */
  | { do: 'type'; keys: string[] }
  | { do: 'reload' | 'back' }
  /** Enters an address. */
  | { do: 'go'; path: string }

/** How somebody looks at a page. */
export interface Look {
  /** Of the window, in px. */
  width: number
  colorScheme: 'light' | 'dark'
  /** Axe's rules, where not all of them are asked. */
  rules?: string[]
}

/** A request of the page. */
export interface Sent {
  method: string
  /** With its query. */
  path: string
  /** The access token, if it carried one. */
  token?: string
  /** Missing as long as there is no answer. */
  status?: number
}

/** What has happened in a tab. */
export interface Chronicle {
  /** Where it is, without the base. */
  path: string
  /** The requests to the API, in order. */
  sent: Sent[]
  /** What the page has written as a warning or an error, and what it has thrown. */
  complaints: string[]
}

interface Visit {
  page: Page
  sent: Sent[]
  complaints: string[]
  /** How to interfere with the network of this tab alone. */
  network?: CDPSession
}

const API = '/api'
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

declare global {
  interface Window {
    axe: { run(options: RunOptions): Promise<AxeResults> }
  }
}

/** The browser says so itself of every answer that is no success. */
const ANSWERED_WITH_AN_ERROR = 'Failed to load resource'

const visits = new Map<VisitId, Visit>()
let lastId: VisitId = 0

/** Commands for tests that use the playground as a visitor does: the page itself, in a tab, with real input. */
export const playgroundCommands = {
  async openPlayground(test: BrowserCommandContext, path: string): Promise<VisitId> {
    const page = await test.context.newPage()
    const visit: Visit = { page, sent: [], complaints: [] }
    visits.set(++lastId, visit)
    watch(visit)
    await page.goto(addressOf(test, path))
    return lastId
  },

  async act(test: BrowserCommandContext, id: VisitId, act: Act): Promise<void> {
    const { page } = visitOf(id)
    if (act.do === 'press') await partOf(page, act.part).click()
    else if (act.do === 'fill') await partOf(page, act.part).fill(act.text)
    else if (act.do === 'type') for (const key of act.keys) await page.keyboard.press(key)
    else if (act.do === 'go') await page.goto(addressOf(test, act.path))
    else if (act.do === 'reload') await page.reload()
    else await page.goBack()
  },

  async look(_test: BrowserCommandContext, id: VisitId, part: Part): Promise<string | null> {
    const found = partOf(visitOf(id).page, part)
    return (await found.isVisible()) ? found.innerText() : null
  },

  evaluateInPlayground(_test: BrowserCommandContext, id: VisitId, expression: string): Promise<unknown> {
    return visitOf(id).page.evaluate(expression)
  },

  chronicle(_test: BrowserCommandContext, id: VisitId): Chronicle {
    const { page, sent, complaints } = visitOf(id)
    const { pathname, search, hash } = new URL(page.url())
    return { path: `/${pathname.slice(PLAYGROUND_BASE.length)}${search}${hash}`, sent, complaints }
  },

  async audit(
    _test: BrowserCommandContext,
    id: VisitId,
    { width, colorScheme, rules }: Look,
  ): Promise<string[]> {
    const { page } = visitOf(id)
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    if (await page.evaluate('!window.axe')) await page.evaluate(await readFile(AXE, 'utf8'))
    return page.evaluate(async (runOnly) => {
      const { violations } = await window.axe.run(runOnly ? { runOnly } : {})
      const found = violations.map(
        ({ help, nodes }) => `${help}: ${nodes.map(({ target }) => target).join()}`,
      )
      const excess = document.documentElement.scrollWidth - window.innerWidth
      return excess > 0 ? [...found, `It is ${excess} px too wide.`] : found
    }, rules)
  },

  async preferMotion(
    _test: BrowserCommandContext,
    id: VisitId,
    motion: 'reduce' | 'no-preference',
  ): Promise<void> {
    await visitOf(id).page.emulateMedia({ reducedMotion: motion })
  },

  async setOnline(test: BrowserCommandContext, id: VisitId, isOnline: boolean): Promise<void> {
    const visit = visitOf(id)
    // What one session has taken away, another one cannot give back.
    visit.network ??= await test.context.newCDPSession(visit.page)
    const unbounded = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    await visit.network.send('Network.emulateNetworkConditions', { offline: !isOnline, ...unbounded })
  },

  async closePlayground(_test: BrowserCommandContext, id: VisitId): Promise<void> {
    await visitOf(id).page.close()
    visits.delete(id)
  },

  async forgetCookies({ context }: BrowserCommandContext): Promise<void> {
    await context.clearCookies({ name: /^(session|access|XSRF-TOKEN)$/ })
  },
}

function visitOf(id: VisitId): Visit {
  const visit = visits.get(id)
  if (!visit) throw new Error(`There is no visit ${id}: open one with commands.openPlayground(path).`)
  return visit
}

function addressOf(test: BrowserCommandContext, path: string): string {
  return new URL(`${PLAYGROUND_BASE}${path.slice(1)}`, test.page.url()).href
}

function partOf(page: Page, { role, name, within }: Part): Locator {
  const place = within === undefined ? page : page.getByRole('region', { name: within, exact: true })
  return place.getByRole(role, name === undefined ? {} : { name, exact: true })
}

function watch({ page, sent, complaints }: Visit): void {
  const records = new Map<unknown, Sent>()
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (!pathname.startsWith(`${API}/`)) return
    const [, token] = (request.headers()['authorization'] ?? '').split(' ')
    const record = {
      method: request.method(),
      path: `${pathname.slice(API.length)}${search}`,
      ...(token && { token }),
    }
    sent.push(record)
    records.set(request, record)
  })
  page.on('response', (response) => {
    const record = records.get(response.request())
    if (record) record.status = response.status()
  })
  page.on('console', (message) => {
    const isComplaint = message.type() === 'warning' || message.type() === 'error'
    if (isComplaint && !message.text().startsWith(ANSWERED_WITH_AN_ERROR)) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
}
