import { fileURLToPath } from 'node:url'
import { type Page, chromium } from 'playwright'
import { createServer } from 'vite'
import { chromiumLaunch } from '../../tests/support/chromium.ts'

/*
 * Takes the pictures of the README and the guides from the real pages, light and dark: `npm run screenshots`. They are
 * taken anew, not compared: times differ from run to run.
 */

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url))
/** Of the text, in px: a README is narrow. */
const FONT_SIZE = 13.5
/** Below what is shown last, in px. */
const MARGIN = 16

/** Runs the comparison, and waits until all three are done. */
async function storm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send 100 requests' }).click()
  await page.getByText('One refresh, for which all requests waited.').waitFor()
}

/** Signs in, lets the token expire, and sends a hundred requests with it. */
async function dashboard(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Harbour').waitFor()
  await page.getByRole('button', { name: 'Expire every token' }).click()
  await page.getByText('Every access token is refused').waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('100 answered').waitFor()
}

/** Each ends below the last thing that is of interest. */
const PICTURES = [
  { name: 'storm', path: '/', width: 930, last: '.legend', prepare: storm },
  { name: 'dashboard', path: '/dashboard', width: 1_100, last: '.cards', prepare: dashboard },
]

const server = await createServer({ mode: 'playground', server: { port: 0 }, logLevel: 'error' })
await server.listen()
const browser = await chromium.launch(chromiumLaunch())
try {
  const [origin = ''] = server.resolvedUrls?.local ?? []
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, path: place, width, last, prepare } of PICTURES) {
      const context = await browser.newContext({
        viewport: { width, height: 760 },
        colorScheme,
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      await page.goto(new URL(place, origin).href)
      await page.addStyleTag({ content: `:root { font-size: ${FONT_SIZE}px }` })
      await prepare(page)
      // What was painted last is a moment behind what has happened.
      await page.waitForTimeout(500)
      await page.evaluate(() => scrollTo(0, 0))
      const box = await page.locator(last).boundingBox()
      const height = Math.ceil(box ? box.y + box.height + MARGIN : 760)
      const path = `${IMAGES}${name}-${colorScheme}.png`
      await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } })
      await context.close()
    }
  }
} finally {
  await browser.close()
  await server.close()
}
