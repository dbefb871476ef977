import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { type Plugin, type ResolvedConfig, type Rolldown, build } from 'vite'

/** Where the tests' own server has the playground: its root belongs to the test runner. */
export const PLAYGROUND_BASE = '/playground/'

const ROOT = fileURLToPath(new URL('../../playground', import.meta.url))

/**
 * Serves the playground below a base of its own: its router finds that out from the page. It is bundled once, though with
 * what is meant for development: module by module a page is two hundred requests, and the tests load a hundred pages.
 */
export function playgroundPage(): Plugin {
  let files: Promise<Map<string, string>> | undefined

  return {
    name: 'playground-page',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?')
        const isFramed = request.headers['sec-fetch-dest'] === 'iframe'
        const isDocument = request.headers['sec-fetch-dest'] === 'document'
        // The provider knows one address to send visitors back to, without the base.
        const isOurs = path.startsWith(PLAYGROUND_BASE) || path.startsWith('/oauth2')
        const isAsset = path.startsWith(`${PLAYGROUND_BASE}assets/`)
        if (!isAsset && !(isOurs && (isDocument || isFramed))) return next()
        files ??= bundle(server.config.resolve.alias)
        files
          .then((bundled) => {
            const name = isAsset ? path.slice(PLAYGROUND_BASE.length) : 'index.html'
            const content = bundled.get(name)
            if (content === undefined) return next()
            const [, ending = ''] = /\.(\w+)$/.exec(name) ?? []
            response.setHeader('Content-Type', TYPES[ending] ?? 'application/octet-stream')
            response.setHeader('Cache-Control', isAsset ? 'max-age=31536000, immutable' : 'no-cache')
            return response.end(content)
          })
          .catch(next)
      })
    },
  }
}

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }

/** The files of the playground, by name. */
async function bundle(alias: ResolvedConfig['resolve']['alias']): Promise<Map<string, string>> {
  const built = (await build({
    configFile: false,
    root: ROOT,
    base: PLAYGROUND_BASE,
    logLevel: 'error',
    resolve: { alias },
    plugins: [vue()],
    build: { write: false, minify: false, modulePreload: false },
  })) as Rolldown.RolldownOutput
  const html = `<head><base href="${PLAYGROUND_BASE}">`
  return new Map(
    built.output.map((file) => {
      const content = file.type === 'chunk' ? file.code : String(file.source)
      return [file.fileName, file.fileName === 'index.html' ? content.replace('<head>', html) : content]
    }),
  )
}
