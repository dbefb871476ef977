import { expect, test } from 'vitest'
import { createBff } from '../../../playground/setups/bff.ts'
import { times } from '../../support/outcomes.ts'
import { usePlaygroundApi } from '../../support/playground-api.ts'

const api = usePlaygroundApi()
const ADA = { username: 'ada', password: 'ada' }

/** A page of a browser, whose cookies come and go as its back end says. */
function browser(bff = createBff({ api: api.url })) {
  const cookies = new Map<string, string>()
  const headers: string[] = []

  async function send(
    path: string,
    { method = 'GET', body, xsrf = true }: { method?: string; body?: unknown; xsrf?: boolean } = {},
  ) {
    const answer = await bff.request(`https://app.example${path}`, {
      method,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(xsrf && { 'x-xsrf-token': cookies.get('BFF-XSRF-TOKEN') ?? '' }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    for (const header of answer.headers.getSetCookie()) {
      headers.push(header)
      const [name = '', value = ''] = header.split('; ')[0]!.split('=')
      if (/Max-Age=0/.test(header)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  const signIn = (credentials: object = ADA) =>
    send('/bff/api/auth/login', { method: 'POST', body: credentials })
  return { bff, cookies, headers, send, signIn }
}

test('signs in: the page has a cookie that no script can read, and no token', async () => {
  const { headers, send, signIn } = browser()

  const login = await signIn()
  const me = await send('/bff/api/auth/me')

  expect([login.status, await login.text()]).toEqual([204, ''])
  expect(headers).toEqual([
    expect.stringMatching(
      /^bff-session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    ),
    expect.stringMatching(/^BFF-XSRF-TOKEN=[\w-]{22}; Max-Age=2592000; Path=\/; Secure; SameSite=Strict$/),
  ])
  expect([me.status, await me.json()]).toMatchObject([200, { username: 'ada' }])
  expect([...me.headers.keys()]).toEqual(['content-type'])
})

test('tells wrong credentials', async () => {
  const { headers, signIn } = browser()

  expect((await signIn({ ...ADA, password: 'wrong' })).status).toBe(401)
  expect(headers).toEqual([])
})

test('tells a stranger so', async () => {
  expect((await browser().send('/bff/api/auth/me')).status).toBe(401)
})

test('refreshes once for requests that come together, and sends each again as it was', async () => {
  const { send, signIn } = browser()
  await signIn()
  await api.expire()
  const before = await api.stats()

  const answers = await Promise.all(
    times(20, (index) =>
      index % 2
        ? send(`/bff/api/items/${index + 1}`)
        : send(`/bff/api/items/${index + 1}`, { method: 'POST', body: { wind: index } }),
    ),
  )

  const after = await api.stats()
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]))
  expect(await answers[4]?.json()).toMatchObject({ by: 'ada' })
  expect([after.refreshes - before.refreshes, after.reuses - before.reuses]).toEqual([1, 0])
})

test('keeps the session where the refresh fails for now, and ends it where it is refused', async () => {
  const { bff, send, signIn } = browser()
  await signIn()
  await api.expire()
  await api.fail(500)
  expect((await send('/bff/api/auth/me')).status).toBe(503)
  await api.fail()
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  expect((await send('/bff/api/auth/me')).status).toBe(200)

  const other = browser(bff)
  await other.signIn()
  await api.expire()
  await api.fail(401)
  expect((await other.send('/bff/api/auth/me')).status).toBe(401)
  await api.fail()
  expect((await other.send('/bff/api/auth/me')).status).toBe(401)
})

test('takes nothing that another site makes a browser send', async () => {
  const { send, signIn } = browser()
  await signIn()

  const forged = [
    await send('/bff/api/items/1', { method: 'POST', body: { wind: 3 }, xsrf: false }),
    await send('/bff/api/auth/logout', { method: 'POST', xsrf: false }),
  ]

  expect(forged.map(({ status }) => status)).toEqual([403, 403])
  expect((await send('/bff/api/auth/me')).status).toBe(200)
})

test('keeps what the API has for tokens from the page', async () => {
  const { send, signIn } = browser()
  await signIn()

  const answers = [
    await send('/bff/api/auth/refresh', { method: 'POST', body: {} }),
    await send('/bff/api/auth/cookie/login', { method: 'POST', body: ADA }),
    await send('/bff/api/auth/mex'),
  ]

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
})

test('signs out, here and at the API', async () => {
  const { bff, cookies, send, signIn } = browser()
  await signIn()
  const [session = ''] = [cookies.get('bff-session')]

  expect((await send('/bff/api/auth/logout', { method: 'POST' })).status).toBe(204)

  expect([...cookies.keys()]).toEqual([])
  const thief = browser(bff)
  thief.cookies.set('bff-session', session)
  expect((await thief.send('/bff/api/auth/me')).status).toBe(401)
})
