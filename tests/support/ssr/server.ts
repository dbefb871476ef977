import { type Context, Hono } from 'hono'
import { createMemoryHistory } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import type { AuthAxios } from '../../../src/index.ts'
import { type Pause, createPage } from './page.ts'

/** Makes the plugin for one request. */
export type AuthOfRequest = (context: Context, axios: { baseURL: string }) => AuthAxios

/** Renders pages for everybody who comes. */
export function pageServer(authOf: AuthOfRequest, api: string, pause: Pause = () => undefined): Hono {
  const server = new Hono()

  server.post('/session', async (context) => {
    const auth = authOf(context, { baseURL: api })
    createPage(auth, createMemoryHistory())
    await auth.useStore().login(await context.req.json(), { redirect: false })
    return context.body(null, 204)
  })

  server.delete('/session', async (context) => {
    const auth = authOf(context, { baseURL: api })
    createPage(auth, createMemoryHistory())
    await auth.useStore().ready()
    await auth.useStore().logout({ redirect: false })
    return context.body(null, 204)
  })

  server.get('*', async (context) => {
    const auth = authOf(context, { baseURL: api })
    // So that the API can tell whose page sends a request.
    auth.http.defaults.headers.common['x-visitor'] = context.req.header('x-visitor') ?? ''
    const { single, badge } = context.req.query()
    const settings = { pause, isSingle: single !== undefined, hasBadge: badge !== undefined }
    const { app, pinia, router } = createPage(auth, createMemoryHistory(), settings)
    await router.push(context.req.path)
    if (router.currentRoute.value.path !== context.req.path) {
      return context.redirect(router.currentRoute.value.fullPath)
    }
    const html = await renderToString(app)
    const state = JSON.stringify(pinia.state.value).replaceAll('<', String.raw`\u003c`)
    return context.html(`<div id="app">${html}</div><script>window.__STATE__=${state}</script>`)
  })

  return server
}
