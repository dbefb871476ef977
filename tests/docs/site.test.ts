import { type Browser, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumLaunch } from '../support/chromium.ts'
import { builtPages, serveSite } from './site.ts'

/** What a visitor would notice: errors on the console, answers that are none. */
function troubleOf(page: Page): string[] {
  const trouble: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) trouble.push(message.text())
  })
  page.on('pageerror', (error) => trouble.push(String(error)))
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`)
  })
  return trouble
}

describe('the site', () => {
  let browser: Browser
  let page: Page
  let site: Awaited<ReturnType<typeof serveSite>>
  let trouble: string[]
  /** The anchors of every page, and what leads to one. */
  const anchors = new Map<string, string[]>()
  const targets = new Map<string, Set<string>>()

  beforeAll(async () => {
    site = await serveSite()
    browser = await chromium.launch(chromiumLaunch())
    page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    trouble = troubleOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  test.each(builtPages)('%s loads without a complaint, and fits a narrow screen', async (path) => {
    await page.goto(`${site.url}${path}`)
    // What is wrong with a page shows once Vue has taken it over.
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!)

    const found = await page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      links: [...document.querySelectorAll('a')].map(({ href }) => href),
      isTooWide: document.documentElement.scrollWidth > innerWidth,
      title: document.querySelector('h1')?.textContent,
    }))
    anchors.set(path, found.ids)
    for (const link of found.links) targets.set(link, (targets.get(link) ?? new Set()).add(path))

    expect(trouble.splice(0)).toEqual([])
    expect(found.title).toBeTruthy()
    expect(found.isTooWide).toBe(false)
  })

  test('has no link that leads nowhere', () => {
    const own = [...targets.keys()].filter((link) => link.startsWith(site.url))
    const isDead = (link: string) => {
      const { pathname, hash } = new URL(link)
      const ids = anchors.get(pathname.endsWith('/') ? `${pathname}index.html` : pathname)
      return !ids || (hash !== '' && !ids.includes(decodeURIComponent(hash.slice(1))))
    }

    expect(own.length).toBeGreaterThan(100)
    expect(own.filter(isDead).map((link) => [link, [...targets.get(link)!]])).toEqual([])
  })

  test('draws its diagrams', async () => {
    await page.goto(`${site.url}/how-it-works.html`)

    expect(await page.locator('.sequence svg').count()).toBe(3)
    expect(await page.getByText('POST /auth/refresh, once').isVisible()).toBe(true)
  })
})
