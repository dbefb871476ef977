import { once } from 'node:events'
import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'

const ROOT = join(import.meta.dirname, '../../..')

/** A page with an application, whatever the path. */
const PAGE = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><link rel="icon" href="data:,"><title>A tab</title></head>
  <body><script type="module" src="/tab.js"></script></body>
</html>`

/** A page without an application, to leave for. */
const ELSEWHERE = PAGE.replace(/<script.*<\/script>/, '')

/** Puts a page's script and all it imports into one file. */
export async function bundle(entry: string): Promise<string> {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    define: {
      // As visitors get it: Pinia's tools for developers want a storage, which an opaque origin does not have.
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      write: false,
      minify: false,
      lib: { entry: join(ROOT, entry), formats: ['es'] },
      // What a page loads later is in its one file as well.
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  const [output] = result as Rolldown.RolldownOutput[]
  return output!.output[0].code
}

/** The path that a page calls synchronously to stand still, in the middle of whatever it is doing. */
export const STALL = '/stall'

/** A page that stands still. */
export interface Stall {
  /** Resolves once a page stands still. */
  readonly reached: Promise<void>
  /** Lets it go on. */
  release(): void
}

/** Pages on an origin of their own. */
export interface Pages {
  /** Without a slash at the end. */
  readonly origin: string
  /** The same under a name that a browser does not trust: plain http, and not the machine itself. */
  readonly plainOrigin: string
  /** Lets the next page that calls `STALL` wait for its answer. */
  stall(): Stall
  close(): Promise<void>
}

/** The name of an origin that is not trusted; the browser has to be told where it is. */
export const PLAIN_HOST = 'tabs.test'

/** Serves a page's script; `api` answers what is below `/api`, `first` runs before anything else in every page. */
export async function servePages(script: string, api?: RequestListener, first?: string): Promise<Pages> {
  const furnished = (page: string) =>
    first ? page.replace('<meta', () => `<script>${first}</script><meta`) : page
  const stalls: Array<() => Promise<void>> = []
  const server = createServer(async (request, response) => {
    const [url = ''] = (request.url ?? '').split('?')
    if (url === STALL) await stalls.shift()?.()
    if (api && url.startsWith('/api/')) return api(request, response)
    const isScript = url === '/tab.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    // A module of an opaque origin is fetched as if it came from elsewhere.
    response.setHeader('Access-Control-Allow-Origin', '*')
    if (url === '/opaque') response.setHeader('Content-Security-Policy', 'sandbox allow-scripts')
    return response.end(isScript ? script : furnished(url === '/elsewhere' ? ELSEWHERE : PAGE))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    plainOrigin: `http://${PLAIN_HOST}:${port}`,
    stall() {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      stalls.push(() => {
        reach()
        return released
      })
      return { reached, release }
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
