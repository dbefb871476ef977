import {
  DevToolsMessagingHookKeys,
  devtools,
  getInspectorActions,
  toggleHighPerfMode,
  updateTimelineLayersState,
} from '@vue/devtools-kit'
import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { createPinia } from 'pinia'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type App, createApp, h } from 'vue'
import {
  type AuthAxios,
  type AuthAxiosOptions,
  type AuthBackend,
  type TokenReply,
  createAuthAxios,
} from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { failure } from '../support/outcomes.ts'

const ID = 'vue-auth-axios:authAxios'

/** What is on the page before an application, the browser extension or the Vite plugin, and is opened. */
devtools.init()
toggleHighPerfMode(false)

/** The plugin of the application that the devtools look at; later ones on the page have ids of their own. */
let PLUGIN = ID
let installs = 0

interface Row {
  key: string
  value: unknown
}

interface TimelineEvent {
  title?: string
  subtitle?: string
  groupId?: string
  data?: Record<string, unknown>
}

/** All that was ever shown. */
const shown: unknown[] = []
const events: TimelineEvent[] = []

devtools.ctx.hooks.hook(DevToolsMessagingHookKeys.SEND_TIMELINE_EVENT_TO_CLIENT, (payload: unknown) => {
  const { layerId, event } = payload as { layerId: string; event: TimelineEvent }
  if (layerId !== PLUGIN) return
  shown.push(event)
  events.push(event)
})

beforeEach(() => {
  localStorage.clear()
  events.length = 0
})

/** The secrets of these tests, each of which begins like this. */
const SECRET = 'S3cr3t'

/** An API without a network, whose access tokens die when a test says so. */
function createApi() {
  let turn = 1
  let valid = `${SECRET}-access-1`
  const held = gate()
  held.open()
  const api = {
    held,
    isRefusing: false,
    isDown: false,
    refreshes: 0,
    expire: () => void (valid = 'none'),
    grant: (): TokenReply => ({
      access_token: (valid = `${SECRET}-access-${++turn}`),
      refresh_token: `${SECRET}-refresh-${turn}`,
      expires_in: 300,
    }),
    async adapter(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
      const isValid = config.headers.get('Authorization') === `Bearer ${valid}`
      const response = { config, data: [], status: isValid ? 200 : 401, statusText: '', headers: {} }
      if (isValid) return response
      throw new AxiosError('401', 'ERR_BAD_REQUEST', config, {}, response)
    },
    backend: {
      login: (): TokenReply => api.grant(),
      async refresh(tokens): Promise<TokenReply> {
        api.refreshes++
        await api.held.passed
        const { refreshToken } = tokens ?? {}
        if (api.isDown) throw new AxiosError(`no answer to ${refreshToken}`, 'ERR_NETWORK')
        if (!api.isRefusing) return api.grant()
        const response = { status: 400, data: { error: `${refreshToken} is gone` } } as AxiosResponse
        throw new AxiosError(`refused ${refreshToken}`, 'ERR_BAD_REQUEST', undefined, {}, response)
      },
      user: async () => ({ id: 7, name: 'Ada Lovelace', email: 'ada@example.com' }),
    } satisfies AuthBackend as AuthBackend,
  }
  return api
}

interface Opened {
  app: App
  auth: AuthAxios
  api: ReturnType<typeof createApi>
}

/** An application in the page; the first one is what the devtools look at. */
async function open(options: AuthAxiosOptions = {}, api = createApi()): Promise<Opened> {
  const auth = createAuthAxios({
    axios: { adapter: api.adapter, baseURL: '/api' },
    backend: api.backend,
    ...options,
  })
  installs++
  const app = createApp({ render: () => h('p') })
  app.use(createPinia()).use(auth)
  app.mount(document.body.appendChild(document.createElement('div')))
  onTestFinished(() => app.unmount())
  return { app, auth, api }
}

async function signedIn(options?: AuthAxiosOptions): Promise<Opened> {
  const opened = await open(options)
  PLUGIN = installs === 1 ? ID : `${ID}:${installs}`
  await expect
    .poll(() => devtools.ctx.api.getInspectorTree({ inspectorId: PLUGIN, filter: '' }))
    .toHaveLength(1)
  updateTimelineLayersState({ [PLUGIN]: true } as never)
  await opened.auth.useStore().login({ username: 'ada', password: `${SECRET}-password` })
  return opened
}

/** What the inspector lists; the kit's own type says that it is nothing. */
interface Node {
  label: string
  tags?: Array<{ label: string }>
  children?: Node[]
}

async function tree(): Promise<Node> {
  const nodes: unknown[] = await devtools.ctx.api.getInspectorTree({ inspectorId: PLUGIN, filter: '' })
  shown.push(nodes)
  return nodes[0] as Node
}

async function state(): Promise<Record<string, unknown>> {
  const sections = await devtools.ctx.api.getInspectorState({ inspectorId: PLUGIN, nodeId: 'session' })
  shown.push(sections)
  const rows = Object.values(sections as unknown as Record<string, Row[]>).flat()
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

const said = () => events.map(({ title, subtitle }) => [title, subtitle].filter(Boolean).join(': '))

const press = (tooltip: string) =>
  getInspectorActions(PLUGIN)
    ?.find((action: { tooltip?: string }) => action.tooltip === tooltip)
    ?.action()

describe('the inspector', () => {
  test('shows the status, the name of the user and how long the token lives', async () => {
    await signedIn()

    const root = await tree()
    expect([root.label, root.tags?.map(({ label }) => label)]).toEqual(['authAxios', ['authenticated']])
    expect(await state()).toMatchObject({
      status: 'authenticated',
      user: 'Ada Lovelace',
      'access token': expect.stringMatching(/^expires in (5:00|4:\d\d)$/),
      kept: 'for all tabs',
      refreshing: 'no tab',
      'requests that wait': [],
      'last failure': 'none',
    })
  })

  test('counts down by itself', async () => {
    await signedIn()
    const sent = vi.fn()
    const stop = devtools.ctx.hooks.hook(DevToolsMessagingHookKeys.SEND_INSPECTOR_STATE_TO_CLIENT, sent)

    await expect.poll(() => sent.mock.calls.length, { timeout: 5_000 }).toBeGreaterThan(1)
    stop()
  })

  test('shows who waits while this tab refreshes', async () => {
    const { auth, api } = await signedIn()
    api.held = gate()
    api.expire()
    const long = `${SECRET}-${'x'.repeat(40)}`
    const answers = [1, long].map((id) => auth.http.get(`/items/${id}?token=${SECRET}`))
    await expect.poll(() => api.refreshes).toBe(1)
    await expect.poll(async () => (await tree()).children?.length).toBe(2)

    const root = await tree()
    expect(root.children?.map(({ label }) => label)).toEqual(['GET /api/items/1', 'GET /api/items/…'])
    expect(root.tags?.map(({ label }) => label)).toEqual(['authenticated', 'refreshing'])
    expect(await state()).toMatchObject({
      refreshing: 'this tab, attempt 1',
      'requests that wait': ['GET /api/items/1', 'GET /api/items/…'],
    })
    api.held.open()
    await Promise.all(answers)

    await expect.poll(state).toMatchObject({ refreshing: 'no tab', 'requests that wait': [] })
  })

  test('shows that another tab refreshes, and that this one waits for it', async () => {
    const { auth } = await signedIn()
    const turn = gate()
    void navigator.locks.request(ID, () => turn.passed)
    await expect.poll(async () => (await state()).refreshing).toBe('another tab')
    const refreshed = auth.useStore().refresh()
    await expect.poll(state).toMatchObject({
      refreshing: 'another tab, and this one waits for it',
      'tabs that wait': 1,
    })
    turn.open()

    await refreshed
  })

  test('shows a session whose tokens the server keeps', async () => {
    const api = createApi()
    await signedIn({ backend: { ...api.backend, login: () => true, refresh: () => true, resumable: true } })

    expect(await state()).toMatchObject({ status: 'authenticated', 'access token': 'kept by the server' })
    await press('Expire the access token')
    expect(said()).toContain('Expired by hand: the server keeps the tokens to itself')
  })

  test('shows that nobody is signed in', async () => {
    const { auth } = await signedIn()
    await auth.useStore().logout()

    expect(await state()).toMatchObject({ status: 'anonymous', user: 'nobody', session: 'none' })
  })
})

describe('the timeline', () => {
  test('shows a refresh as a group, with those who wait and what is sent again', async () => {
    const { auth, api } = await signedIn()
    api.held = gate()
    api.expire()
    const answers = [1, 2].map((id) => auth.http.get(`/items/${id}`))
    await expect.poll(() => events.filter(({ title }) => title === 'Waits').length).toBe(2)
    api.held.open()
    await Promise.all(answers)
    await expect.poll(() => events.filter(({ title }) => title === 'Renewed').length).toBe(1)

    const group = events.find(({ title }) => title === 'Refresh')?.groupId
    expect(group).toBeDefined()
    const inGroup = events.filter(({ groupId }) => groupId === group)
    expect(inGroup.map(({ title, subtitle }) => `${title} ${subtitle ?? ''}`.trim()).toSorted()).toEqual([
      'Attempt 1',
      'Refresh',
      'Renewed',
      'Replay GET /api/items/1',
      'Replay GET /api/items/2',
      'Waits GET /api/items/1',
      'Waits GET /api/items/2',
    ])
  })

  test('shows what came from another tab, and where a session ended', async () => {
    const { api } = await signedIn()
    const other = await open({}, api)
    await expect.poll(() => other.auth.useStore().isAuthenticated).toBe(true)

    await other.auth.useStore().refresh()
    await expect.poll(said).toContain('Adopted from another tab')
    await other.auth.useStore().logout()

    await expect
      .poll(() => events.at(-1))
      .toMatchObject({
        title: 'Session ended',
        subtitle: 'logout',
        data: { where: 'in another tab' },
      })
  })

  test('shows the end of a session with its reason, and the errors with their code', async () => {
    const { auth, api } = await signedIn()
    api.isRefusing = true
    api.expire()

    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    await expect.poll(said).toContain('Refused: ERR_AUTH_EXPIRED')

    expect(said()).toContain('Session ended: expired')
    expect(said()).toContain('Error: ERR_AUTH_EXPIRED · GET /api/items')
    expect(events.find(({ title }) => title === 'Session ended')?.data).toMatchObject({
      reason: 'expired',
      where: 'in this tab',
      status: 400,
    })
    await auth.useStore().login()
    await auth.useStore().login()
    expect(said()).toContain('Session ended: replaced')
  })

  test('shows a refresh that failed, and the session that goes on', async () => {
    const { auth, api } = await signedIn()
    api.isDown = true
    api.expire()

    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    await expect.poll(said).toContain('Failed: ERR_AUTH_REFRESH')

    expect(await state()).toMatchObject({ status: 'authenticated', 'last failure': 'ERR_AUTH_REFRESH' })
  })

  test('leaves the config of a request as it was', async () => {
    const { auth, api } = await signedIn()
    const { config } = await auth.http.get('/items')

    expect(config.adapter).toBe(api.adapter)
  })
})

describe('the actions', () => {
  test('expire the token: the next request waits for a refresh', async () => {
    const { auth, api } = await signedIn()

    await press('Expire the access token')
    expect(await state()).toMatchObject({ 'access token': 'expired 0:00 ago' })
    await auth.http.get('/items')

    expect(api.refreshes).toBe(1)
    expect(said()).toContain('Sent: GET /api/items')
  })

  test('refuse the next refresh: the session ends, and nothing is sent', async () => {
    const { auth, api } = await signedIn()

    await press('Refuse the next refresh')
    await press('Expire the access token')
    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

    expect(api.refreshes).toBe(0)
    expect(await state()).toMatchObject({ status: 'expired' })
    await press('Expire the access token')
    expect(said().at(-1)).toBe('Expired by hand: there is no session')
  })
})

test('no token, password or query was in anything that was shown', () => {
  expect(shown.length).toBeGreaterThan(50)
  expect(JSON.stringify(shown)).not.toContain(SECRET)
  expect(JSON.stringify(shown)).not.toContain('ada@example.com')
})
