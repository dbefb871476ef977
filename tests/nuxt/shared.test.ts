import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { times } from '../support/outcomes.ts'
import { useSite } from './site.ts'

// The server refreshes, once for all who bring the same token.
const site = useSite('shared')
const { api } = site

beforeEach(() => {
  api.refreshDelay = 0
})

test.each(['expired', 'dead'] as const)(
  'renders with a token that is %s: it is refreshed on the server, and the cookie reaches the browser',
  async (kind) => {
    const visitor = await site.visitor(kind, 'admin')
    const before = api.refreshes

    const { complaints, paths, shows } = await visitor.open('/admin')

    await expect.poll(() => shows('greeting')).toBe(`Hello ${visitor.id}`)
    expect([complaints, paths]).toEqual([[], ['/admin']])
    const { page } = await visitor.open('/orders')
    await page.getByText(`orders of ${visitor.id}`).waitFor()
    expect([api.refreshes - before, api.reuses]).toEqual([1, 0])
  },
)

test('refreshes once for each of three users whose pages are loaded sixty times in parallel', async () => {
  api.refreshDelay = 200
  const visitors = await Promise.all(times(3, () => site.visitor('dead')))
  const before = api.refreshes

  const pages = await Promise.all(
    times(60, async (turn) => {
      const visitor = visitors[turn % 3]!
      const answer = await site.ask('/orders', visitor)
      return { visitor, html: await answer.text(), cookies: answer.headers.getSetCookie() }
    }),
  )

  for (const { visitor, html, cookies } of pages) {
    expect(html).toContain(`Hello ${visitor.id}<`)
    expect(html).toContain(`orders of ${visitor.id}<`)
    expect(html.match(/(?:Hello|orders of) \d+/g)).toEqual([`Hello ${visitor.id}`, `orders of ${visitor.id}`])
    expect(cookies).toHaveLength(1)
  }
  for (const visitor of visitors) {
    const own = pages.filter((page) => page.visitor === visitor)
    expect(new Set(own.map(({ cookies }) => tokensIn(cookies[0]))).size, 'the same new pair').toBe(1)
  }
  expect([api.refreshes - before, api.reuses]).toEqual([3, 0])
})

test('a page and the server do not spend the same token twice', async () => {
  const visitor = await site.visitor('live')
  const { page } = await visitor.open('/orders')
  await page.getByText(`orders of ${visitor.id}`).waitFor()
  const before = api.refreshes
  api.expire()
  api.refreshDelay = 1_500
  const asked = api.to('/auth/refresh').length

  // The server renders with the cookie from before, while the page is refreshing.
  const ask = `document.querySelector('#__nuxt').__vue_app__.config.globalProperties.$http.get('/orders').then(({ data }) => data.session, String)`
  const answer = page.evaluate(ask)
  await api.arrived('/auth/refresh', asked + 1)
  const html = await (await site.ask('/orders', visitor)).text()

  expect(await answer).toBe(visitor.id)
  expect(html).toContain(`orders of ${visitor.id}<`)
  expect([api.refreshes - before, api.reuses]).toEqual([1, 0])

  // What the server refreshes, the page that was there before goes on with.
  api.expire()
  await (await visitor.open('/orders')).page.getByText(`orders of ${visitor.id}`).waitFor()
  expect(await page.evaluate(ask)).toBe(visitor.id)
  expect([api.refreshes - before, api.reuses]).toEqual([2, 0])
})

test('a session that is refused on the server ends there: the login page, with the way back, and no cookie', async () => {
  const visitor = await site.visitor('refused')

  const { complaints, page, paths, shows } = await visitor.open('/orders')

  expect(paths).toEqual(['/login?redirect=/orders'])
  await expect.poll(() => shows('status')).toBe('anonymous')
  await expect.poll(() => visitor.context.cookies()).toEqual([])
  await page.locator('#login').click()
  await page.waitForURL('**/orders')
  expect(complaints).toEqual([])
})

test('a session that is refused while its page is rendered leads there as well', async () => {
  const visitor = await site.visitor('refused')
  const { answers } = api
  // The user comes all the same: it is the data that find out.
  api.answers = (arrival) => answers(arrival, true)
  onTestFinished(() => void (api.answers = answers))

  const { status, headers } = await site.ask('/orders', visitor)
  const { complaints, paths, shows } = await visitor.open('/orders')

  expect([status, headers.get('location')]).toEqual([302, '/login?redirect=/orders'])
  expect(paths).toEqual(['/login?redirect=/orders'])
  await expect.poll(() => shows('status')).toBe('anonymous')
  await expect.poll(() => visitor.context.cookies()).toEqual([])
  expect(complaints).toEqual([])
})

test('a refresh that fails for now costs nobody the session: the next load is as if nothing had been', async () => {
  const visitor = await site.visitor('dead')
  api.faults.push({ status: 500 })

  const { page, shows } = await visitor.open('/')
  await expect.poll(() => shows('status')).toBe('authenticated')
  await sleep(1_100) // for so long a failure answers for the next
  await page.reload()

  await page.getByText(`orders of ${visitor.id}`).waitFor()
  expect(api.reuses).toBe(0)
})

test('a refresh that the server turns away unread is made again, and nobody notices', async () => {
  const visitor = await site.visitor('dead')
  api.faults.push({ status: 503 })

  const html = await (await site.ask('/orders', visitor)).text()

  expect(html).toContain(`orders of ${visitor.id}<`)
})

/** The tokens in a cookie, whatever the state around them. */
function tokensIn(cookie = ''): string {
  const [, part = ''] = /=1\.\w+\.([\w-]+)/.exec(cookie) ?? []
  return String(/RT-[\d-]+/.exec(Buffer.from(part, 'base64url').toString()))
}
