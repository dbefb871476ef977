// @vitest-environment happy-dom

import * as axiosModule from 'axios'
import { AxiosHeaders, type AxiosResponse } from 'axios'
import * as pinia from 'pinia'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import * as vue from 'vue'
import { type Router, createRouter, createWebHistory } from 'vue-router'
import packageJson from '../../package.json' with { type: 'json' }
import { resolveOptions } from '../../src/defaults.ts'
import * as library from '../../src/index.ts'
import { useQuietPage } from '../support/quiet-page.ts'
import { codeBlocks, codeWith, lines, tableBelow } from '../support/readme.ts'
import { runComponent, runModule } from '../support/run-typescript.ts'
import { serveBelow } from '../support/serve-below.ts'
import { shows } from '../support/shows.ts'
import { membersOf } from '../support/type-check.ts'
import { page, calm } from '../support/visitor.ts'
import { startServer } from '../support/world.ts'

const SETUP = codeWith('createApp(')
const LOGIN = codeWith('signIn()')
const COMPONENT = codeWith('useHttp()')
const ROUTES = codeWith('createRouter(')

test('is short', () => {
  expect(lines.length).toBeLessThanOrEqual(150)
})

test('names commands that there are', () => {
  const named = [...lines.join('\n').matchAll(/npm (?:run ([\w:]+)|(start|test))/g)].map(
    ([, script, known]) => script ?? known,
  )

  expect(named).toContain('start')
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named))
})

test('asks for the versions that the package asks for', () => {
  const { vue: core, pinia: store, axios: http, 'vue-router': router } = packageJson.peerDependencies
  const needs = lines.find((line) => line.startsWith('vue-router is optional')) ?? ''

  expect([core, store, http, router]).toEqual(['^3.5.0', '^3.0.0 || ^4.0.0', '^1.7.0', '^4.5.0 || ^5.0.0'])
  for (const need of ['vue 3.5', 'pinia 3 or 4', 'axios 1.7', 'vue-router 4.5 or 5']) {
    expect(needs).toContain(need)
  }
})

test('has no code but that which is run below', () => {
  const code = codeBlocks.filter(({ language }) => ['ts', 'vue'].includes(language))

  expect(code.map((block) => block.code)).toEqual([SETUP, LOGIN, COMPONENT, ROUTES])
})

describe('the set-up, as it is printed', () => {
  const imports = { vue, pinia, axios: axiosModule, 'vue-auth-axios': library }
  const json = (body: unknown) => ({
    status: 200,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  const asModule = (component: unknown) => ({ __esModule: true, default: component })

  useQuietPage()
  beforeEach(() => localStorage.clear())

  /** Opens the application that the README's blocks make, on a page whose API is a strict server. */
  async function open(path: string) {
    const server = await startServer()
    const origin = await serveBelow('/api', server.url)
    Object(window).happyDOM.setURL(`${origin}/`)
    document.body.innerHTML = '<div id="app"></div>'
    server.answers = ({ path: asked }, isAuthorised) =>
      asked === '/items' && isAuthorised ? json(['a lamp']) : undefined

    history.replaceState(null, '', path)
    const { router } = runModule(ROUTES, {
      'vue-router': { createRouter, createWebHistory },
      './LoginPage.vue': asModule(runComponent(LOGIN, imports)),
      './HomePage.vue': asModule(runComponent(COMPONENT, imports)),
      './AdminPage.vue': asModule(page),
    }) as { router: Router }
    const App = vue.defineComponent(() => () => vue.h(vue.resolveComponent('RouterView')))

    runModule(SETUP, { ...imports, './App.vue': asModule(App), './router': { router } })

    const app: vue.App = Object(document.querySelector('#app')).__vue_app__
    onTestFinished(() => app.unmount())
    await router.isReady()
    return {
      server,
      router,
      store: library.useAuthStore(app.config.globalProperties.$pinia),
      ...reader(router),
    }
  }

  const reader = (router: Router) => ({
    at: () => router.currentRoute.value.fullPath,
    text: () => document.body.innerText,
  })

  /** Fills in the form, and sends it. */
  function signIn(password: string) {
    const fields = [...document.querySelectorAll('input')]
    for (const [index, value] of ['ada', password].entries()) {
      const field = fields[index]!
      field.value = value
      field.dispatchEvent(new Event('input'))
    }
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  }

  test('signs in by the form, shows what the component loads, and signs out by its button', async () => {
    const app = await open('/')
    expect(app.at()).toBe('/login?redirect=/')

    signIn('ada')

    await shows(app, 'a lamp')
    expect(app.at()).toBe('/')
    expect(app.server.to('/auth/login').map(({ body }) => JSON.parse(body.toString()))).toEqual([
      { username: 'ada', password: 'ada' },
    ])
    expect(app.server.to('/items').map(({ authorization }) => authorization)).toEqual(['Bearer AT-1-1'])
    expect(app.store.user).toEqual({ id: 1 })
    document.querySelector('button')!.click()
    await expect.poll(() => [app.at(), app.server.logouts]).toEqual(['/login', 1])
  })

  test.each([
    ['the password is wrong', { status: 401 }, 'Wrong name or password.'],
    ['the server is broken', { status: 500 }, 'The server cannot be reached. Try again.'],
  ])('shows its error where %s, and can be sent again', async (_when, refusal, message) => {
    const app = await open('/login')
    const { answers } = app.server
    app.server.answers = ({ path }) => (path === '/auth/login' ? refusal : undefined)
    signIn('bob')
    await shows(app, message)

    app.server.answers = answers
    signIn('ada')

    await shows(app, 'a lamp')
  })

  test('survives the end of the access token with one refresh, and that of the session with the sign-in page', async () => {
    const app = await open('/login')
    await app.store.login({})
    await shows(app, 'a lamp')
    app.server.expire()

    await app.store.fetchUser()
    expect(app.server.refreshes).toBe(1)
    app.server.refusing = true
    app.server.expire()
    await app.store.fetchUser().catch(() => {})
    await calm()

    expect(app.at()).toBe('/login?redirect=/')
  })

  test('shows the page for admins to admins alone', async () => {
    const app = await open('/login')
    await app.store.login({})
    await app.router.push('/admin')
    expect(app.at()).toBe('/')
    app.server.answers = ({ path }) => (path === '/auth/me' ? json({ role: 'admin' }) : undefined)

    await app.store.fetchUser()
    await app.router.push('/admin')

    expect(app.at()).toBe('/admin')
  })
})

describe('the table of options', () => {
  const rows = tableBelow('## Options').map(([option = '', value = '']) => ({
    name: option.replaceAll('`', ''),
    cell: value,
    /** The code in it, in order. */
    spans: [...value.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  }))
  const members = membersOf('src/options.ts', 'AuthAxiosOptions')
  const defaults = resolveOptions({}, true)
  const given = Object.entries(defaults)
  const plain = given.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))

  /** The value of an expression. */
  const valueOf = (code = '') =>
    new Function('httpBackend', `return (${code})`)(library.httpBackend) as unknown
  const cellOf = (name: string) => rows.find((row) => row.name === name)

  test('has a row for every option, and for nothing else', () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...members.keys()].toSorted())
  })

  test.each(plain)('tells the default of `%s`, and so does the comment in the code', (name, value) => {
    expect(valueOf(cellOf(name)?.spans[0])).toBe(value)
    expect(members.get(name)).toContain(name === 'refreshTimeout' ? '10_000' : String(value))
  })

  test('tells which options have none', () => {
    const open = rows.filter(({ name }) => !(name in defaults)).map(({ name, cell }) => [name, cell])

    expect(open).toEqual([
      ['router', 'the app’s own'.replace('’', "'")],
      ['forbiddenRoute', 'none'],
      ['readTokens', 'none'],
      ['attachTo', 'the origin of `baseURL`'],
      ['onSessionEnd', 'none'],
    ])
  })

  test('tells where the session is kept', () => {
    const { cell, spans } = cellOf('storage') ?? {}
    const cookie = library.httpBackend({ cookie: true })

    expect(cell).toBe("`'local'`, `'memory'` with a cookie")
    expect(spans?.map(valueOf)).toEqual([defaults.storage, resolveOptions({ backend: cookie }, true).storage])
  })

  test('tells what the instance and the backend are made of', () => {
    expect(valueOf(cellOf('axios')?.spans[0])).toEqual(defaults.axios)
    expect(Object.keys(Object(valueOf(cellOf('backend')?.spans[0])))).toEqual(Object.keys(defaults.backend))
  })

  test('tells the header of a request', () => {
    const headers = new AxiosHeaders()
    void defaults.authorize(headers, { accessToken: '…' }, { headers })

    expect([headers.toString()]).toEqual(cellOf('authorize')?.spans)
  })

  test('tells which answers call for a refresh', () => {
    const asks = (status: number, error?: string) =>
      defaults.shouldRefresh({
        status,
        headers: error ? { 'www-authenticate': `Bearer error="${error}"` } : {},
      } as AxiosResponse)

    expect(cellOf('shouldRefresh')?.cell).toBe(
      '401, but for `insufficient_scope`, `insufficient_user_authentication`',
    )
    expect([asks(401), asks(401, 'invalid_token'), asks(401, 'token_expired'), asks(403)]).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(cellOf('shouldRefresh')?.spans.map((error) => asks(401, error))).toEqual([false, false])
  })

  test('tells which failures end the session', () => {
    const named = cellOf('isSessionOver')?.cell ?? ''
    const [, list = ''] = /^(.*), no HTML$/.exec(named) ?? []
    const ends = (status: number, data: unknown = {}) =>
      defaults.isSessionOver({ response: { status, data } })
    const statuses = [
      400, 401, 402, 403, 404, 408, 409, 410, 418, 419, 422, 429, 440, 498, 500, 502, 503, 504,
    ]

    expect(statuses.filter((status) => ends(status)).join(', ')).toBe(list)
    expect(statuses.some((status) => ends(status, '<!doctype html>'))).toBe(false)
  })
})
