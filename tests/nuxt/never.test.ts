import { expect, test } from 'vitest'
import { useSite } from './site.ts'

// The server renders with the session in the cookies, and leaves refreshes to the browser.
const site = useSite('never')
const { api, log } = site

const refreshes = () => api.to('/auth/refresh').length

test('renders for a stranger', async () => {
  const visitor = await site.visitor()

  const html = await (await site.ask('/')).text()
  const { complaints, shows } = await visitor.open('/')

  expect(html).toContain('Hello stranger')
  expect(html).toContain('<p id="news">news</p>')
  await expect.poll(() => shows('status')).toBe('anonymous')
  await expect.poll(() => shows('greeting')).toBe('Hello stranger')
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
})

test('renders a page with its visitor, their data and no token; the browser goes on with them', async () => {
  const visitor = await site.visitor('live')

  const html = await (await site.ask('/orders', visitor)).text()
  const before = api.to('/orders').length
  const { complaints, paths, shows } = await visitor.open('/orders')

  expect(html).toContain(`Hello ${visitor.id}<`)
  expect(html).toContain(`orders of ${visitor.id}<`)
  expect(html).not.toMatch(/[AR]T-\d/)
  await expect.poll(() => shows('greeting')).toBe(`Hello ${visitor.id}`)
  await expect.poll(() => shows('orders')).toBe(`orders of ${visitor.id}`)
  await expect.poll(() => shows('status')).toBe('authenticated')
  expect(api.to('/orders').length - before, 'on the server alone').toBe(1)
  expect([complaints, paths]).toEqual([[], ['/orders']])
})

test('renders a page with its visitor that asks for nobody and waits for nothing', async () => {
  const visitor = await site.visitor('live')

  const before = api.to('/auth/me').length

  expect(await (await site.ask('/late', visitor)).text()).toContain(`Hello ${visitor.id}<`)
  expect(api.to('/auth/me').length - before).toBe(1)
})

test.each(['expired', 'dead'] as const)(
  'leaves the refresh of a token that is %s to the browser, which then loads what is missing',
  async (kind) => {
    const visitor = await site.visitor(kind)
    const before = refreshes()

    const html = await (await site.ask('/', visitor)).text()
    expect(html).toContain('The access token could not be refreshed')
    expect(refreshes() - before).toBe(0)

    const { complaints, page, shows } = await visitor.open('/')
    await page.getByText(`orders of ${visitor.id}`).waitFor()
    await expect.poll(() => shows('greeting')).toBe(`Hello ${visitor.id}`)
    await page.getByText('news').waitFor()
    expect(refreshes() - before).toBe(1)
    // The browser says so itself of the 401 that told it.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
    expect(log.join('')).not.toContain('vue-auth-axios')
  },
)

test('a page that hydrates late does so as the server has rendered it, whoever is known by then', async () => {
  const visitor = await site.visitor('expired')

  const { complaints, page } = await visitor.open('/late')

  await page.getByText(`Hello ${visitor.id}`).waitFor()
  expect(complaints).toEqual([])
})

test.each([
  ['expired', '/orders'],
  ['dead', '/orders'],
  ['expired', '/admin'],
  ['dead', '/admin'],
] as const)('sends a page unrendered that asks for whom it cannot know: %s, %s', async (kind, path) => {
  const visitor = await site.visitor(kind, 'admin')

  const answer = await site.ask(path, visitor)
  const html = await answer.text()
  const { complaints, page, paths, shows } = await visitor.open(path)

  expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
  expect(html).not.toContain('<h1>')
  await page.locator('h1').waitFor()
  await expect.poll(() => shows('greeting')).toBe(`Hello ${visitor.id}`)
  expect(paths, 'no detour').toEqual([path])
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
})

test('nobody else can ask for a page unrendered', async () => {
  const visitor = await site.visitor('live')
  const headers = { cookie: visitor.cookie, 'x-vue-auth-axios-shell': '1', 'x-nuxt-no-ssr': '1' }

  const html = await (await fetch(`${site.url}/orders`, { headers })).text()

  expect(html).toContain(`Hello ${visitor.id}<`)
})

test('ends a session that is refused in the browser, once, with the way back', async () => {
  const visitor = await site.visitor('refused')

  const { complaints, page, shows } = await visitor.open('/orders')
  await page.getByText('Sign in', { exact: true }).first().waitFor()

  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/login?redirect=/orders')
  await expect.poll(() => shows('ends')).toBe('expired')
  await expect.poll(() => visitor.context.cookies()).toEqual([])
  expect(complaints.filter((text) => !/40[01]/.test(text))).toEqual([])
})

test('guards on the server: strangers are sent to sign in, readers are kept from what is not theirs', async () => {
  const [admin, reader] = [await site.visitor('live', 'admin'), await site.visitor('live')]
  const way = async (path: string, who?: typeof admin) => {
    const { status, headers } = await site.ask(path, who)
    return `${status} ${headers.get('location') ?? ''}`.trim()
  }

  expect(await way('/orders')).toBe('302 /login?redirect=/orders')
  expect(await way('/admin')).toBe('302 /login?redirect=/admin')
  expect(await way('/admin', reader)).toBe('302 /forbidden')
  expect(await way('/admin', admin)).toBe('200')
  expect(await way('/login', admin)).toBe('302 /')
  expect(await way('/login')).toBe('200')
})

test('guards in the page: signing in leads back, a role is refused, signing out leads to the login page', async () => {
  const visitor = await site.visitor()
  const { complaints, page, shows } = await visitor.open('/orders')
  const at = () => new URL(page.url()).pathname
  expect(at()).toBe('/login')

  await page.locator('#login').click()
  await page.waitForURL('**/orders')
  const id = await shows('greeting')
  expect(id).toMatch(/Hello \d+/)

  await page.getByText('Admin').click()
  await page.waitForURL('**/forbidden')
  await page.goBack()
  await page.reload()
  await expect.poll(() => shows('greeting')).toBe(id)

  await page.locator('#logout').click()
  await page.waitForURL('**/login')
  await expect.poll(() => visitor.context.cookies()).toEqual([])
  await page.goto(`${site.url}/orders`)
  expect(at()).toBe('/login')
  expect(complaints).toEqual([])
})
