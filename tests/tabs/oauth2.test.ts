import { generateKeyPair, SignJWT, exportJWK } from 'jose'
import type { Page } from 'playwright'
import { expect, test, vi } from 'vitest'
import { signedIn, useProvider } from '../support/oauth2/use-provider.ts'

// Each walks through several pages of two servers.
vi.setConfig({ testTimeout: 60_000 })

const tabs = useProvider()

const many = (page: Page, count = 50) => page.evaluate((times) => window.oauth2.getMany(times), count)
const get = (page: Page, path: string) => page.evaluate((at) => window.oauth2.get(at), path)
const at = (page: Page) => page.evaluate(() => window.oauth2.at())
const tokens = (page: Page) => page.evaluate(() => ({ ...window.oauth2.store.tokens! }))

test('signs in through the pages of the provider, and comes back to where it was begun', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()

  expect(await at(page)).toBe('/secret')
  expect(page.url()).toBe(`${tabs.origin}/secret`)
  expect(await page.evaluate(() => window.oauth2.store.user)).toMatchObject({ name: 'Ada Lovelace' })
  expect(await get(page, '/me')).toBe('200')
  expect(await page.evaluate(() => window.oauth2.keys())).toEqual(['InvalidAccessError'])
})

test('a reload and a second tab have the same session, key and user', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  await page.reload()
  const second = await visitor.open('/secret')

  for (const tab of [page, second]) {
    await tab.waitForFunction(() => window.oauth2.store.user)
    expect(await get(tab, '/me')).toBe('200')
  }
})

test('50 requests in each of two tabs cost one refresh when the token has died, and no reuse', async () => {
  const visitor = await tabs.visit()
  const first = await visitor.signIn()
  const second = await visitor.open('/secret')
  const { stats } = tabs.provider
  const before = { ...stats }
  for (let round = 0; round < 2; round++) {
    await tabs.provider.expire()
    const answers = await Promise.all([many(first), many(second)])
    expect(new Set(answers.flat())).toEqual(new Set(['200']))
  }
  expect(stats.reuses).toBe(before.reuses)
  expect(stats.refreshes - before.refreshes).toBe(2)
  expect(await tokens(first)).toEqual(await tokens(second))
  expect(await first.evaluate(() => window.oauth2.keys())).toHaveLength(1)
})

test('a nonce that changes in the middle of a storm is answered with new proofs, not with a refresh', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  expect(await get(page, '/me')).toBe('200')
  const { refreshes } = tabs.provider.stats
  const { nonceChallenges, served } = tabs.provider.api.stats

  const storm = many(page, 80)
  await expect
    .poll(() => tabs.provider.api.stats.served - served, { interval: 1, timeout: 30_000 })
    .toBeGreaterThan(20)
  tabs.provider.api.rotateNonce()
  const answers = await storm

  expect(new Set(answers)).toEqual(new Set(['200']))
  expect(tabs.provider.api.stats.nonceChallenges).toBeGreaterThan(nonceChallenges)
  expect(tabs.provider.stats.refreshes).toBe(refreshes)
})

test('a token that has died and a nonce that has changed at once still end well', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  await get(page, '/me')
  await tabs.provider.expire()
  tabs.provider.api.rotateNonce()

  expect(new Set(await many(page))).toEqual(new Set(['200']))
})

test('what the provider takes back is over in every tab, once, and its key is gone', async () => {
  const visitor = await tabs.visit()
  const first = await visitor.signIn()
  const second = await visitor.open('/secret')
  await tabs.provider.revoke()

  expect(new Set(await many(first, 20))).toEqual(new Set(['ERR_AUTH_EXPIRED']))

  for (const tab of [first, second]) {
    await tab.waitForFunction(() => window.oauth2.at().startsWith('/login'))
    expect(await tab.evaluate(() => window.oauth2.ends)).toEqual(['expired'])
  }
  await expect.poll(() => first.evaluate(() => window.oauth2.keys())).toEqual([])
})

test('signs out here and at the provider, which asks for a password again', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  const { refreshToken } = await tokens(page)
  await page.evaluate(async () => {
    await window.oauth2.store.logout({ redirect: false })
    void window.oauth2.oauth.signOut()
  })
  await page.getByRole('button', { name: 'Sign out here as well' }).click()
  await page.waitForURL(`${tabs.origin}/signed-out`)
  await page.waitForFunction(() => window.oauth2)

  expect(await page.evaluate(() => window.oauth2.store.status)).toBe('anonymous')
  expect(await page.evaluate(() => window.oauth2.keys())).toEqual([])
  expect(await refreshWith(refreshToken!)).toMatchObject({ status: 400 })
  await page.evaluate(() => void window.oauth2.oauth.signIn())
  await page.getByLabel('Password').waitFor()
})

test('asks for a scope or for a second factor with what the challenge says, without a refresh', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  const { refreshes } = tabs.provider.stats

  expect(await get(page, '/payments')).toBe('403')
  await page.evaluate(() => void window.oauth2.meetChallenge())
  await page.waitForFunction(() => window.oauth2?.store.tokens?.scope?.includes('pay'))
  await signedIn(page)
  expect(await get(page, '/payments')).toBe('200')
  expect(await at(page)).toBe('/secret')

  expect(await get(page, '/vault')).toBe('401')
  await page.evaluate(() => void window.oauth2.meetChallenge())
  await visitor.fillIn(page, 'ada', '000000')
  await page.waitForURL(`${tabs.origin}/secret`)
  await signedIn(page)
  expect(await get(page, '/vault')).toBe('200')

  expect(await page.evaluate(() => window.oauth2.keys())).toHaveLength(1)
  expect(tabs.provider.stats.refreshes).toBe(refreshes)
})

test('tokens that are stolen from the storage are of no use without the key', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.signIn()
  const stolen = await page.evaluate(() => Object.values({ ...localStorage }).join())
  const { accessToken, refreshToken } = await tokens(page)
  expect(stolen).toContain(accessToken)

  for (const scheme of ['DPoP', 'Bearer']) {
    const headers = { Authorization: `${scheme} ${accessToken}` }
    expect((await fetch(`${tabs.issuer}/api/me`, { headers })).status).toBe(401)
  }
  const thief = await proofOfThief('POST', `${tabs.issuer}/token`)
  const { status, nonce } = await refreshWith(refreshToken!, thief())
  expect(status).toBe(400)
  expect(await refreshWith(refreshToken!, thief(nonce))).toMatchObject({
    status: 400,
    error: 'invalid_grant',
  })
  // And the owner goes on.
  await tabs.provider.expire()
  expect(await get(page, '/me')).toBe('200')
})

test('two tabs that sign in at once do not disturb each other', async () => {
  const visitor = await tabs.visit()
  const [first, second] = [await visitor.open('/a'), await visitor.open('/b')]
  for (const tab of [first, second]) await tab.evaluate(() => void window.oauth2.oauth.signIn())
  await visitor.fillIn(first, 'ada')
  await signedIn(first)
  await visitor.fillIn(second, 'ada')
  await second.waitForURL(`${tabs.origin}/b`)
  await signedIn(second)

  expect(await at(first)).toBe('/a')
  await expect.poll(() => tokens(first)).toEqual(await tokens(second))
  for (const tab of [first, second]) expect(await get(tab, '/me')).toBe('200')
})

test('a callback that is opened again ends with one clear error, and no session is lost', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.open('/secret')
  let callback = ''
  page.on('request', (request) => {
    if (request.url().includes('/callback?')) callback = request.url()
  })
  await page.evaluate(() => void window.oauth2.oauth.signIn())
  await visitor.fillIn(page, 'ada')
  await signedIn(page)

  for (const tab of [page, await visitor.open()]) {
    await tab.goto(callback)
    await tab.waitForFunction(() => window.oauth2?.failure)
    expect(await tab.evaluate(() => window.oauth2.failure)).toMatchObject({ code: 'ERR_OAUTH2_STATE' })
    expect(tab.url()).toBe(`${tabs.origin}/callback`)
    expect(await get(tab, '/me')).toBe('200')
  }
})

test('who declines is told so by a code, and nothing of it is markup', async () => {
  const visitor = await tabs.visit()
  const page = await visitor.open('/secret')
  await page.evaluate(() => void window.oauth2.oauth.signIn())
  await page.getByRole('button', { name: 'Decline' }).click()
  await page.waitForFunction(() => window.oauth2?.failure)

  const failure = await page.evaluate(() => window.oauth2.failure)
  expect(failure).toMatchObject({ code: 'ERR_OAUTH2_REFUSED', error: 'access_denied' })
  expect(JSON.stringify(failure)).not.toContain('<')
  expect(page.url()).toBe(`${tabs.origin}/callback`)
})

async function refreshWith(refreshToken: string, proof?: Promise<string> | string) {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'playground',
    refresh_token: refreshToken,
  })
  const headers: Record<string, string> = proof ? { DPoP: await proof } : {}
  const response = await fetch(`${tabs.issuer}/token`, { method: 'POST', body, headers })
  const { error } = (await response.json()) as { error?: string }
  return { status: response.status, error, nonce: response.headers.get('dpop-nonce') ?? undefined }
}

/** Proofs with another key than the one that the tokens are bound to. */
async function proofOfThief(htm: string, htu: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return (nonce?: string) =>
    new SignJWT({ htm, htu, ...(nonce && { nonce }) })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .sign(privateKey)
}
