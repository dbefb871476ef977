import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { type Plugin, runnerImport } from 'vite'
import type { createBff } from '../setups/bff.ts'

interface Setup {
  createBff: typeof createBff
}

const SETUP = fileURLToPath(new URL('../setups/bff.ts', import.meta.url))

/** Serves the back end for the page inside Vite's own dev server; the API that it speaks to is there, too. */
export function playgroundBff(): Plugin {
  return {
    name: 'playground-bff',
    apply: 'serve',
    configureServer(server) {
      let listener: Promise<ReturnType<typeof getRequestListener>> | undefined

      async function listen(api: string): Promise<ReturnType<typeof getRequestListener>> {
        // By Vite, which knows the library by its name: a fresh clone has not built it.
        const { alias } = server.config.resolve
        const { module } = await runnerImport<Setup>(SETUP, { configFile: false, resolve: { alias } })
        return getRequestListener(module.createBff({ api }).fetch, { overrideGlobalObjects: false })
      }

      server.middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/bff/')) return next()
        listener ??= listen(`${originOf(request.socket)}/api`)
        listener.then((answer) => answer(request, response)).catch(next)
      })
    },
  }
}

/** Where this server listens, whatever it is called. */
function originOf({ localAddress = '127.0.0.1', localPort }: Socket): string {
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  return `http://${host}:${localPort}`
}
