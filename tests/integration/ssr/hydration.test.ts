// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryHistory } from 'vue-router'
import { type AuthAxiosOptions, createAuthAxios, httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { cookiesOf } from '../../support/ssr/cookies.ts'
import { type PageSettings, createPage } from '../../support/ssr/page.ts'
import { useRenderer } from '../../support/ssr/use-renderer.ts'
import type { PageRequest } from '../../support/ssr/worker.ts'
import { storedSession } from '../../support/stored-session.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'
import { startServer } from '../../support/world.ts'

const render = useRenderer()

beforeEach(() => localStorage.clear())

/** Shows what a server rendered; the answer is the state that came with it. */
async function receive(request: PageRequest) {
  const html = await render(request)
  const [, markup = '', payload = '{}'] = /^(.*)<script>window.__STATE__=(.*)<\/script>$/s.exec(html) ?? []
  document.body.innerHTML = markup
  return JSON.parse(payload)
}

interface Going extends AuthAxiosOptions, Pick<PageSettings, 'isSingle' | 'hasBadge'> {
  path?: string
}

/** Goes on in the page with what the server rendered, as applications do it. */
async function hydrate(
  server: StrictServer,
  state: ReturnType<typeof JSON.parse>,
  { path = '/', isSingle = false, hasBadge = false, ...options }: Going = {},
) {
  const history = createMemoryHistory()
  history.replace(path)
  const auth = createAuthAxios(clientOf(server, { backend: httpBackend({ user: '/auth/me' }), ...options }))
  const { app, router } = createPage(auth, history, { state, isSingle, hasBadge })
  if (!isSingle) await router.isReady()
  app.mount('#app')
  onTestFinished(() => app.unmount())
  return { store: auth.useStore(), at: () => router.currentRoute.value.fullPath }
}

const shown = (id: string) => document.getElementById(id)?.textContent

/** The storage of somebody who signed in here, under another session than the server's. */
async function signInHere(server: StrictServer): Promise<void> {
  localStorage.setItem(
    'vue-auth-axios:authAxios',
    (await storedSession(server)).items.get('vue-auth-axios:authAxios') ?? '',
  )
}

/** Who is signed in where. */
const visitors = [
  { name: 'signed in here and there', there: true, here: true },
  { name: 'signed in here, and out there', there: false, here: true },
  { name: 'signed out here, and in there', there: true, here: false },
  { name: 'signed out here and there', there: false, here: false },
]

/** A guard comes first: the page is really another one, and Vue says so where it puts it in the place of the server's. */
function expectMismatch(): void {
  expectConsole('warn', 'Hydration')
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => {
    const said = errors.mock.calls.flat()
    errors.mockRestore()
    expect(said.filter((text) => text !== 'Hydration completed but contains mismatches.')).toEqual([])
  })
}

// A warning of Vue's about a mismatch fails a test.
describe.each([
  { what: 'without a router', isSingle: true },
  { what: 'with a router', isSingle: false },
])('a page $what goes on from what a server rendered', ({ isSingle }) => {
  test.each(visitors)('for somebody who is $name', async ({ there, here }) => {
    const server = await startServer()
    const cookie = there ? await cookiesOf(server) : undefined
    const state = await receive({ api: server.url, path: isSingle ? '/?single' : '/', cookie })
    expect(shown('greeting')).toBe(there ? 'Hello 1' : 'Hello stranger')
    if (here) await signInHere(server)

    const { store } = await hydrate(server, state, { isSingle })
    await store.ready()

    await expect.poll(() => shown('greeting')).toBe(here ? `Hello ${there ? 2 : 1}` : 'Hello stranger')
    expect(store.isAuthenticated).toBe(here)
    expect(server.to('/auth/me').at(-1)?.authorization).toBe(
      here || there ? `Bearer AT-${here && there ? 2 : 1}-1` : undefined,
    )
  })

  test('that shows by `isAuthenticated` whether somebody is signed in, as the server could not know', async () => {
    const server = await startServer()
    const path = isSingle ? '/?single&badge' : '/?badge'
    const state = await receive({ api: server.url, path, cookie: undefined })
    expect(shown('badge')).toBe('Signed out')
    await signInHere(server)

    await hydrate(server, state, { isSingle, hasBadge: true })

    await expect.poll(() => shown('badge')).toBe('Signed in')
  })

  test.each([true, false])(
    'finding 50: that shows by `isAuthenticated` who the server knows, without a mismatch, signed in here: %s',
    async (here) => {
      const server = await startServer()
      const path = isSingle ? '/?single&badge' : '/?badge'
      const state = await receive({ api: server.url, path, cookie: await cookiesOf(server) })
      expect(shown('badge')).toBe('Signed in')
      if (here) await signInHere(server)

      const { store } = await hydrate(server, state, { isSingle, hasBadge: true })
      await store.ready()

      await expect.poll(() => shown('badge')).toBe(here ? 'Signed in' : 'Signed out')
      expect(store.isAuthenticated).toBe(here)
    },
  )

  test('for somebody with a storage that takes its time', async () => {
    const server = await startServer()
    const state = await receive({ api: server.url, path: isSingle ? '/?single' : '/', cookie: undefined })
    const storage = await storedSession(server)
    storage.before = () => sleep(20)

    const { store } = await hydrate(server, state, { isSingle, storage })
    // What the server has rendered stays to be seen until this browser's session is read.
    expect(store.status).toBe(isSingle ? 'anonymous' : store.status)
    await store.ready()

    expect(store.status).toBe('authenticated')

    await expect.poll(() => shown('greeting')).toBe('Hello 1')
  })
})

describe('55. where a server took a visitor for a stranger who is signed in here', () => {
  test('the guard waits for the session, and lets him in', async () => {
    const server = await startServer()
    document.body.innerHTML = '<div id="app"></div>' // a shell: the server knows that it cannot know
    expectConsole('warn', 'container is empty')
    const storage = await storedSession(server)
    storage.before = () => sleep(20)

    const { at } = await hydrate(server, {}, { path: '/secret', storage })

    expect(at()).toBe('/secret')
  })

  test('and sent him to sign in, the page goes on to where he wanted to go', async () => {
    const server = await startServer()
    const state = await receive({ api: server.url, path: '/login', cookie: undefined })
    await signInHere(server)

    const { at } = await hydrate(server, state, { path: '/login?redirect=/secret' })

    await expect.poll(at).toBe('/secret')
    await expect.poll(() => document.body.textContent).toContain('SecretHello 1')
  })
})

test('a way back that fails once the page is hydrated is reported, and nothing is left unhandled', async () => {
  const server = await startServer()
  const state = await receive({ api: server.url, path: '/login', cookie: undefined })
  await signInHere(server)
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => [errors, warnings].forEach((spy) => spy.mockRestore()))

  // The route wants a user, and he cannot be loaded.
  const backend = { ...httpBackend(), user: () => Promise.reject(new Error('The user is away.')) }
  const reported = () => errors.mock.calls.filter(([text]) => String(text).startsWith('[vue-auth-axios]'))
  const unhandled = await unhandledRejections(async () => {
    const { at } = await hydrate(server, state, { path: '/login?redirect=/mine', backend })
    await expect.poll(() => reported().length).toBe(2) // the user, and the navigation
    expect(at()).toBe('/login?redirect=/mine')
  })
  expect(unhandled).toEqual([])
})

test('55. where a server let in somebody who is signed out here, the page sends him to sign in', async () => {
  const server = await startServer()
  const state = await receive({ api: server.url, path: '/secret', cookie: await cookiesOf(server) })
  expect(document.body.textContent).toContain('Secret')
  expectMismatch()

  const { at } = await hydrate(server, state, { path: '/secret' })

  expect(at()).toBe('/login?redirect=/secret')
  await expect.poll(() => document.body.textContent).toContain('Sign inHello stranger')
})

test('what the server sent along does not tell whether there is a session here', async () => {
  const server = await startServer()
  const state = await receive({ api: server.url, path: '/?single', cookie: await cookiesOf(server) })
  expect(state.authAxios).toMatchObject({ status: 'authenticated', user: { id: 1 } })
  expect(JSON.stringify(state)).not.toMatch(/[AR]T-\d/)

  const { store } = await hydrate(server, state, { isSingle: true })

  // What the server has rendered stays to be seen until this browser's session is read.
  expect(store.status).toBe('authenticated')
  await store.ready()
  expect(store.$state).toEqual({ status: 'anonymous', user: null })
})
