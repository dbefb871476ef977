import type { RequestListener } from 'node:http'
import type { Plugin } from 'vite'
import { providerDebug } from './provider-debug.ts'
import { createProvider } from './provider.ts'

/** Where the provider is, on the playground's own origin. */
const MOUNT = '/oidc'

/**
 * Serves an OpenID provider inside Vite's own dev server, and an API that takes its tokens: one process, one port.
 * Nothing is started before the first request.
 */
export function playgroundProvider(): Plugin {
  const providers = new Map<string, Promise<RequestListener>>()

  async function start(origin: string): Promise<RequestListener> {
    const provider = await createProvider({
      issuer: `${origin}${MOUNT}`,
      redirectUris: [`${origin}/oauth2/callback`],
      postLogoutRedirectUris: [`${origin}/oauth2`],
      accessTtl: Number(process.env['ACCESS_TTL'] ?? 15),
    })
    const debug = providerDebug(provider)
    return async (request, response) => {
      if (!(await debug.listen(request, response))) provider.listen(request, response)
    }
  }

  return {
    name: 'playground-provider',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use(MOUNT, (request, response, next) => {
        // The issuer is the address that the browser knows: only a request tells it.
        const origin = `http://${request.headers.host}`
        const provider = providers.get(origin) ?? start(origin)
        providers.set(origin, provider)
        provider.then((listen) => listen(request, response)).catch(next)
      })
    },
  }
}
