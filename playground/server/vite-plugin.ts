import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import type { Plugin } from 'vite'
import { type Api, type ApiOptions, createApi } from './app.ts'
import { SOCKET_PATH } from './live.ts'

const DATABASE = fileURLToPath(new URL('../.data/playground.sqlite', import.meta.url))

/**
 * Serves the API inside Vite's own dev server: one process, one port. Nothing is opened before the first request.
 *
 * Unlike `createApi` it keeps its database in `playground/.data` and has the `debug` routes, unless told otherwise.
 */
export function playgroundApi(options: ApiOptions = {}): Plugin {
  let api: Promise<Api> | undefined
  const opened = () => (api ??= createApi({ database: DATABASE, debug: true, ...options }))

  return {
    name: 'playground-api',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/api/')) return next()
        opened()
          .then(({ app }) =>
            getRequestListener(app.fetch, { overrideGlobalObjects: false })(request, response),
          )
          .catch(next)
      })
      server.httpServer?.on('upgrade', (request, stream, head) => {
        if (request.url !== SOCKET_PATH) return
        opened()
          .then(({ upgrade }) => upgrade(request, stream, head))
          .catch(() => stream.destroy())
      })
    },
    async closeBundle() {
      const open = api
      api = undefined
      await open?.then(
        ({ close }) => close(),
        // Every request was already told why there is none.
        () => undefined,
      )
    },
  }
}
