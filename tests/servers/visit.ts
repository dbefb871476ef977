import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright'
import type { RealServer, RunningServer } from './fleet/real-server.ts'
import type { PageServer } from './page-server.ts'
import './page/protocol.ts'

/** What is tried with each server, in the order of the table's columns. */
export const TRIALS = [
  'wrong password',
  'login',
  '50 requests, dead token',
  'reload',
  'second tab',
  'revoked at the server',
  'logout, live token',
  'logout, dead token',
] as const

/** What came of a trial. */
export interface Cell {
  isFine: boolean
  text: string
}

/** What came of all trials with a server. */
export type Row = Record<(typeof TRIALS)[number], Cell>

/** A visitor with a browser profile of their own. */
class Visitor {
  readonly #context: BrowserContext
  readonly #server: RealServer
  readonly #pages: PageServer
  readonly #running: RunningServer
  readonly #browser: Browser

  private constructor(
    browser: Browser,
    context: BrowserContext,
    pages: PageServer,
    server: RealServer,
    running: RunningServer,
  ) {
    this.#browser = browser
    this.#context = context
    this.#pages = pages
    this.#server = server
    this.#running = running
  }

  static async come(
    browser: Browser,
    pages: PageServer,
    server: RealServer,
    running: RunningServer,
    state?: State,
  ) {
    const context = await browser.newContext({
      ...(server.basic && { httpCredentials: server.basic }),
      ...(state && { storageState: state }),
    })
    return new Visitor(browser, context, pages, server, running)
  }

  async open(): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(this.#pages.page(this.#server.setupName))
    await page.waitForFunction(() => 'visit' in globalThis)
    return page
  }

  leave(): Promise<void> {
    return this.#context.close()
  }

  async login(page: Page, credentials = this.#server.credentials): Promise<string> {
    return page.evaluate((input) => visit.login(input), credentials)
  }

  /** Waits until the access token is dead, where there is one. */
  async tokenDies(): Promise<void> {
    const { lifetime } = this.#server
    if (lifetime) await sleep(lifetime + 1000)
  }

  refreshes(): number {
    const { refresh } = this.#server
    return this.#pages.sent.filter(({ method, path }) => method === refresh?.method && path === refresh.path)
      .length
  }

  /** Whether the server has forgotten a session, asked by a copy of the browser that it was in. */
  async isOver(state: State): Promise<boolean> {
    const { refresh, items } = this.#server
    const copy = await Visitor.come(this.#browser, this.#pages, this.#server, this.#running, state)
    try {
      const page = await copy.open()
      const { status } = await page.evaluate(() => visit.state())
      if (status !== 'authenticated') return true
      const said = await page.evaluate(
        ([url, refreshes]) => (refreshes ? visit.refresh() : visit.get(url, 1).then(String)),
        [items, refresh !== undefined] as const,
      )
      return said !== 'ok'
    } finally {
      await copy.leave()
    }
  }

  state(): Promise<State> {
    return this.#context.storageState()
  }
}

type State = Awaited<ReturnType<BrowserContext['storageState']>>

const cell = (isFine: boolean, text: string): Cell => ({ isFine, text: isFine ? text : `**${text}**` })

/** Drives a setup through all trials against its server. */
export async function drive(
  browser: Browser,
  pages: PageServer,
  server: RealServer,
  running: RunningServer,
): Promise<Row> {
  pages.behind(running)
  const visitor = await Visitor.come(browser, pages, server, running)
  try {
    const page = await visitor.open()
    return {
      'wrong password': await wrongPassword(visitor, page, server),
      login: await login(visitor, page),
      '50 requests, dead token': await storm(visitor, page, server),
      reload: await reload(page),
      'second tab': await secondTab(visitor),
      'revoked at the server': await revoked(visitor, page, server, running),
      'logout, live token': await logout(visitor, page, false),
      'logout, dead token': server.lifetime ? await logout(visitor, page, true) : cell(true, 'none'),
    }
  } finally {
    await visitor.leave()
  }
}

async function wrongPassword(visitor: Visitor, page: Page, server: RealServer): Promise<Cell> {
  const said = await visitor.login(page, server.wrong)
  const { status } = await page.evaluate(() => visit.state())
  return cell(/^4\d\d$/.test(said) && status === 'anonymous', said)
}

async function login(visitor: Visitor, page: Page): Promise<Cell> {
  const said = await visitor.login(page)
  const { status } = await page.evaluate(() => visit.state())
  return cell(said === 'ok' && status === 'authenticated', said)
}

async function storm(visitor: Visitor, page: Page, server: RealServer): Promise<Cell> {
  await visitor.tokenDies()
  const before = visitor.refreshes()
  const said = await page.evaluate(([url]) => visit.get(url, 50), [server.items] as const)
  const refreshes = visitor.refreshes() - before
  const fine = said.filter((word) => word === 'ok').length
  const wanted = server.refresh ? 1 : 0
  return cell(
    fine === 50 && refreshes === wanted,
    `${fine}, ${refreshes} refresh${refreshes === 1 ? '' : 'es'}`,
  )
}

async function reload(page: Page): Promise<Cell> {
  await page.reload()
  await page.waitForFunction(() => 'visit' in globalThis)
  const { status } = await page.evaluate(() => visit.state())
  return cell(status === 'authenticated', status === 'authenticated' ? 'ok' : status)
}

async function secondTab(visitor: Visitor): Promise<Cell> {
  const page = await visitor.open()
  const { status } = await page.evaluate(() => visit.state())
  await page.close()
  return cell(status === 'authenticated', status === 'authenticated' ? 'ok' : status)
}

async function revoked(
  visitor: Visitor,
  page: Page,
  server: RealServer,
  running: RunningServer,
): Promise<Cell> {
  await running.revoke()
  await visitor.tokenDies()
  const said = await page.evaluate(([url]) => visit.get(url, 5), [server.items] as const)
  const { status, ends } = await page.evaluate(() => visit.state())
  const isFine = status === 'expired' && ends.join() === 'expired' && !said.includes('ok')
  return cell(isFine, isFine ? 'expired, once' : `${status} (${ends.join()}), ${said[0]}`)
}

async function logout(visitor: Visitor, page: Page, isDead: boolean): Promise<Cell> {
  const said = await visitor.login(page)
  if (said !== 'ok') return cell(false, `login: ${said}`)
  if (isDead) await visitor.tokenDies()
  const before = await visitor.state()
  await page.evaluate(() => visit.logout())
  const { status } = await page.evaluate(() => visit.state())
  const isOver = await visitor.isOver(before)
  return cell(
    isOver && status === 'anonymous',
    isOver ? (status === 'anonymous' ? 'over' : status) : 'alive at the server',
  )
}
