import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Plugin } from 'vite'
import { createBff } from '../setups/bff.ts'

/** Serves the back end for the page inside Vite's own dev server; the API that it speaks to is there, too. */
export function playgroundBff(): Plugin {
  return {
    name: 'playground-bff',
    apply: 'serve',
    configureServer(server) {
      let listener: ReturnType<typeof getRequestListener> | undefined
      server.middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/bff/')) return next()
        listener ??= getRequestListener(createBff({ api: `${originOf(request.socket)}/api` }).fetch, {
          overrideGlobalObjects: false,
        })
        listener(request, response).catch(next)
      })
    },
  }
}

/** Where this server listens, whatever it is called. */
function originOf({ localAddress = '127.0.0.1', localPort }: Socket): string {
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  return `http://${host}:${localPort}`
}
