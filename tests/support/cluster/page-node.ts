import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createPinia } from 'pinia'
import { createSSRApp, h, onServerPrefetch } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createAuthAxios } from '../../../src/index.ts'
import { cookieStorage } from '../../../src/server/index.ts'
import { backendOf } from './backends.ts'
import type { NodeSettings } from './settings.ts'

// A process of a cluster: renders pages for whoever comes, each with the session in the cookies of its request. Says its
// port on the first line.
const settings = JSON.parse(process.argv[2] ?? '{}') as NodeSettings
const backend = await backendOf(settings)

function authOf(context: Context) {
  const storage = cookieStorage({
    get: (name) => getCookie(context, name),
    set: (name, value, attributes) => setCookie(context, name, value, attributes),
    delete: (name, attributes) => deleteCookie(context, name, attributes),
  })
  // A connection that is kept can be closed by the other end just when it is used again.
  const axios = { baseURL: settings.api, httpAgent: new Agent() }
  return createAuthAxios({ axios, backend, storage })
}

/** What a page shows that its visitor alone may see; else why there is nothing to see. */
function appOf(auth: ReturnType<typeof createAuthAxios>) {
  const shown: { order?: unknown } = {}
  const root = {
    setup() {
      onServerPrefetch(async () => {
        shown.order = await auth.http.get('/orders').then(
          ({ data }) => data.session,
          (error) => error.code ?? String(error),
        )
      })
      return () => h('p', `order ${String(shown.order)}`)
    },
  }
  const app = createSSRApp(root)
  app.use(createPinia()).use(auth)
  return app
}

const pages = new Hono()

// A visitor whose access token has died.
pages.post('/session', async (context) => {
  const auth = authOf(context)
  appOf(auth)
  await auth.useStore().ready()
  await auth.useStore().setTokens(await context.req.json())
  return context.body(null, 204)
})

pages.get('/memory', (context) => {
  globalThis.gc?.()
  return context.json(process.memoryUsage())
})

pages.get('/', async (context) => {
  const auth = authOf(context)
  const html = await renderToString(appOf(auth))
  const { status, tokens } = auth.useStore()
  return context.json({ html, status, refreshToken: tokens?.refreshToken })
})

const server = createServer(getRequestListener(pages.fetch, { overrideGlobalObjects: false }))
server.keepAliveTimeout = 120_000 // likewise
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
