import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Where the tests' own server has the playground: its root belongs to the test runner. */
export const PLAYGROUND_BASE = '/playground/'

/** The runner's server has rewritten every `import()` to go through the runner, which only its own page has. */
const NO_RUNNER = 'globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() }'

const HEAD = `<head><base href="${PLAYGROUND_BASE}"><script>${NO_RUNNER}</script>`

/** Serves the playground, as it is, below a base of its own: its router finds that out from the page. */
export function playgroundPage(): Plugin {
  return {
    name: 'playground-page',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?')
        const isFramed = request.headers['sec-fetch-dest'] === 'iframe'
        const isDocument = request.headers['sec-fetch-dest'] === 'document'
        // The provider knows one address to send visitors back to, without the base.
        const isOurs = path.startsWith(PLAYGROUND_BASE) || path.startsWith('/oauth2')
        const isPage = isOurs && (isDocument || isFramed)
        if (!isPage) return next()
        const page = `${PLAYGROUND_BASE}index.html`
        readFile(join(server.config.root, page), 'utf8')
          .then((html) => html.replace('<head>', HEAD))
          .then((html) => server.transformIndexHtml(page, html))
          .then((html) => response.setHeader('Content-Type', 'text/html').end(html))
          .catch(next)
      })
    },
  }
}
