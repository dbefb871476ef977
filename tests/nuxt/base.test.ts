import { expect, test } from 'vitest'
import { useSite } from './site.ts'

// An app below a path (`app.baseURL`).
const site = useSite('shared', '/shop')
const { api } = site

test('below a path, pages are rendered, refreshed for and guarded as everywhere', async () => {
  const [dead, stranger] = [await site.visitor('dead'), await site.visitor()]

  const { complaints, page, paths } = await dead.open('/orders')
  await page.getByText(`orders of ${dead.id}`).waitFor()
  const answer = await site.ask('/orders', stranger)

  expect([paths, complaints]).toEqual([['/shop/orders'], []])
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/shop/login?redirect=/orders'])
  // The page refreshes through the server, below the path as well.
  api.expire()
  await page.getByText('Home').click()
  await page.getByText(`Hello ${dead.id}`).waitFor()
  await page.getByText('news').waitFor()
  expect([api.refreshes, api.reuses]).toEqual([2, 0])
})

test('below a path, a page is sent unrendered where its user cannot be loaded', async () => {
  const visitor = await site.visitor('dead')
  // As often as one refresh tries by itself. The page's own comes after them: a server that is busy is asked again.
  api.faults.push({ status: 503 }, { status: 503 }, { status: 503 })

  const { complaints, page, paths } = await visitor.open('/orders')
  await page.getByText(`orders of ${visitor.id}`).waitFor()

  expect([paths, complaints.filter((text) => !text.includes('401'))]).toEqual([['/shop/orders'], []])
  expect(api.faults).toEqual([])
})
