import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMemoryHistory } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import { createAuthAxios, httpBackend } from '../../../src/index.ts'
import { cookieStorage } from '../../../src/server/index.ts'
import { writeRecord } from '../../../src/storage/record.ts'
import { createPage } from './page.ts'

// A process of its own, with `--expose-gc`: renders a page for as many visitors as it is told to, every other one with a token that has died
// and is not refreshed here, and says how much memory each has left behind, in bytes.
const [, , count = '10000'] = process.argv
const KEY = 'vue-auth-axios:authAxios'
const AT_ONCE = 20

const api: Server = createServer((request, response) => {
  const id = Number(/AT-(\d+)/.exec(request.headers.authorization ?? '')?.[1])
  response.writeHead(id ? 200 : 401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ id, session: id }))
}).listen(0, '127.0.0.1')
await once(api, 'listening')
const baseURL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`

const refresh = () => Promise.reject(new Error('Tokens are refreshed in the page alone.'))
const backend = { ...httpBackend({ user: '/auth/me' }), refresh }

const pages = new Hono().get('/', async (context) => {
  const storage = cookieStorage({
    get: (name) => getCookie(context, name),
    set: (name, value, attributes) => setCookie(context, name, value, attributes),
    delete: (name, attributes) => deleteCookie(context, name, attributes),
  })
  const auth = createAuthAxios({ axios: { baseURL }, backend, storage })
  const { app, router } = createPage(auth, createMemoryHistory())
  await router.push('/')
  return context.html(await renderToString(app))
})

/** The cookies of a visitor. */
function cookieOf(visitor: number): string {
  const jar = new Map<string, string>()
  const storage = cookieStorage({
    get: (name) => jar.get(name),
    set: (name, value) => jar.set(name, value),
    delete: (name) => jar.delete(name),
  })
  const tokens = { accessToken: `AT-${visitor}`, refreshToken: `RT-${visitor}` }
  const record = { id: `${visitor}.a`, generation: visitor, tokens }
  const isDead = visitor % 2 === 0
  void storage.setItem(KEY, writeRecord(isDead ? { ...record, tokens: { ...tokens, expiresAt: 1 } } : record))
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

async function visit(visitor: number): Promise<void> {
  const html = await (await pages.request('/', { headers: { cookie: cookieOf(visitor) } })).text()
  const greeting = visitor % 2 === 0 ? 'ERR_AUTH_REFRESH' : `Hello ${visitor}<`
  if (!html.includes(greeting)) throw new Error(`Visitor ${visitor} was shown ${html}`)
}

async function heapAfter(from: number, to: number): Promise<number> {
  for (let visitor = from; visitor < to; visitor += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => visit(visitor + index)))
  }
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

const WARM = 500
const before = await heapAfter(1, 1 + WARM)
const after = await heapAfter(1 + WARM, 1 + WARM + Number(count))
process.stdout.write(String((after - before) / Number(count)))
process.exit() // sockets and locks are none of its business
