// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { AuthAxiosOptions } from '../../src/index.ts'
import { type Harness, install } from '../support/app.ts'
import { clientOf } from '../support/client-of.ts'
import { Shelf } from '../support/shelf.ts'
import type { StrictServer } from '../support/strict-server.ts'
import { startServer } from '../support/world.ts'

const FORGET = { remember: false } as const

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

/** Opens the page. */
async function open(server: StrictServer, options: AuthAxiosOptions = {}): Promise<Harness> {
  const harness = install(clientOf(server, options))
  onTestFinished(() => harness.app.unmount())
  await harness.store.ready()
  return harness
}

/** Loads the page again, in the same tab. */
async function reload(server: StrictServer, { app }: Harness, options?: AuthAxiosOptions): Promise<Harness> {
  app.unmount()
  return open(server, options)
}

/** Closes the tab, and opens the page in another one. */
async function reopen(server: StrictServer, harness: Harness, options?: AuthAxiosOptions): Promise<Harness> {
  harness.app.unmount()
  sessionStorage.clear()
  return open(server, options)
}

/** Where the refresh token of the session is kept. */
function places({ tokens }: Harness['store']): string[] {
  const token = tokens?.refreshToken ?? 'none'
  const areas = { local: localStorage, tab: sessionStorage }
  return Object.entries(areas).flatMap(([name, area]) =>
    JSON.stringify({ ...area }).includes(token) ? [name] : [],
  )
}

/** The tokens that can be read in a storage; that there is or was a session is no secret. */
const secretsIn = (area: Storage) => JSON.stringify({ ...area }).match(/[AR]T-\d+/g) ?? []

describe('a login', () => {
  test('is remembered unless told otherwise: the session outlives the tab', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({})
    expect(places(page.store)).toEqual(['local'])

    const { store } = await reopen(server, page)

    expect(store.isAuthenticated).toBe(true)
  })

  test('with `remember: false` keeps the session in the storage of the tab alone', async () => {
    const server = await startServer()
    const { store } = await open(server)

    await store.login({}, FORGET)

    expect(places(store)).toEqual(['tab'])
    expect(secretsIn(localStorage)).toEqual([])
  })

  test('with `remember: false` survives a reload', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({}, FORGET)
    const { tokens } = page.store

    const { store } = await reload(server, page)

    expect(store.status).toBe('authenticated')
    expect(store.tokens).toEqual(tokens)
  })

  test('with `remember: false` ends with the tab', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({}, FORGET)

    const { store } = await reopen(server, page)

    expect(store.status).toBe('anonymous')
    expect(secretsIn(localStorage)).toEqual([])
  })
})

describe('a session that is not remembered', () => {
  test('stays in the tab when it is refreshed', async () => {
    const server = await startServer()
    const { store } = await open(server)
    await store.login({}, FORGET)

    await store.refresh()
    await store.refresh()

    expect(places(store)).toEqual(['tab'])
    expect(secretsIn(localStorage)).toEqual([])
  })

  test('stays in the tab when it is refreshed after a reload', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({}, FORGET)
    const { store } = await reload(server, page)

    await store.refresh()

    expect(places(store)).toEqual(['tab'])
    expect(secretsIn(localStorage)).toEqual([])
  })

  test('leaves nothing behind after a logout', async () => {
    const server = await startServer()
    const { store } = await open(server)
    await store.login({}, FORGET)

    await store.logout()

    expect(secretsIn(localStorage)).toEqual([])
    expect(sessionStorage).toHaveLength(0)
  })

  test('leaves nothing behind when it expires', async () => {
    const server = await startServer()
    const { auth, store } = await open(server)
    await store.login({}, FORGET)
    server.expire()
    server.refusing = true

    await auth.http.get('/items/1').catch(() => {})

    expect(store.status).toBe('expired')
    await expect.poll(() => sessionStorage.length).toBe(0)
    expect(secretsIn(localStorage)).toEqual([])
  })

  test('moves to where it lasts with a login that is remembered', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({}, FORGET)

    await page.store.login({}, { remember: true })

    expect(places(page.store)).toEqual(['local'])
    expect(sessionStorage).toHaveLength(0)
    const { store } = await reopen(server, page)
    expect(store.isAuthenticated).toBe(true)
  })
})

describe('a session that is remembered', () => {
  test('moves into the tab with a login that is not', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.login({})

    await page.store.login({}, FORGET)

    expect(places(page.store)).toEqual(['tab'])
    expect(secretsIn(localStorage)).toEqual([])
    const { store } = await reopen(server, page)
    expect(store.status).toBe('anonymous')
  })

  test('of an earlier visit does not come back after one that is not', async () => {
    const server = await startServer()
    const first = await open(server)
    await first.store.login({})
    const second = await reopen(server, first)
    await second.store.login({}, FORGET)
    await second.store.logout()

    const { store } = await reload(server, second)

    expect(store.status).toBe('anonymous')
  })
})

test('tokens that are handed over are remembered', async () => {
  const server = await startServer()
  const { store } = await open(server)

  await store.setTokens(server.grant())

  expect(places(store)).toEqual(['local'])
})

describe('`remember: false` in other storages', () => {
  test("'session' is the tab's anyway", async () => {
    const server = await startServer()
    const options: AuthAxiosOptions = { storage: 'session' }
    const page = await open(server, options)
    await page.store.login({}, FORGET)
    expect(places(page.store)).toEqual(['tab'])

    const { store } = await reload(server, page, options)
    expect(store.isAuthenticated).toBe(true)

    await store.login({}, { remember: true })
    expect(places(store)).toEqual(['tab'])
  })

  test("'memory' keeps nothing anywhere", async () => {
    const server = await startServer()
    const options: AuthAxiosOptions = { storage: 'memory' }
    const page = await open(server, options)
    await page.store.login({}, FORGET)
    expect(localStorage).toHaveLength(0)
    expect(sessionStorage).toHaveLength(0)

    const { store } = await reload(server, page, options)
    expect(store.status).toBe('anonymous')
  })

  test("an app's own storage is passed over for the tab", async () => {
    const server = await startServer()
    const storage = new Shelf()
    const page = await open(server, { storage })
    await page.store.login({}, FORGET)

    expect(storage.content).toBe('[]')
    expect(places(page.store)).toEqual(['tab'])
    const again = await reload(server, page, { storage })
    expect(again.store.isAuthenticated).toBe(true)
    const { store } = await reopen(server, again, { storage })
    expect(store.status).toBe('anonymous')
  })

  test("an app's own storage gets the session with a login that is remembered", async () => {
    const server = await startServer()
    const storage = new Shelf()
    const { store } = await open(server, { storage })
    await store.login({}, FORGET)

    await store.login({}, { remember: true })

    expect(storage.content).toContain(store.tokens?.refreshToken)
    expect(sessionStorage).toHaveLength(0)
  })
})

describe('a token that has expired, and buys the next one by itself', () => {
  const backend = { refresh: async () => ({ access_token: 'AT-next', user: { name: 'ada' } }) }
  const past = () => ({ accessToken: 'AT-old', expiresAt: Date.now() - 1 })

  test('is refreshed at a reload, and brings its user', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.setTokens(past())

    const { store } = await reload(server, page, { backend })

    expect(store.accessToken).toBe('AT-next')
    expect(store.user).toEqual({ name: 'ada' })
  })

  test('is forgotten at a reload where it is refused', async () => {
    const server = await startServer()
    const page = await open(server)
    await page.store.setTokens(past())

    const { store } = await reload(server, page, { backend: { refresh: async () => null } })

    expect(store.status).toBe('anonymous')
    expect(secretsIn(localStorage)).toEqual([])
    expect(JSON.stringify({ ...localStorage })).not.toContain('AT-old')
  })
})
