import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request as forward,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { RunningServer } from './fleet/real-server.ts'

const PAGE = '/__page/'

/** A request that a page has sent. */
export interface Sent {
  method: string
  path: string
  status: number
}

/** Serves the page of the app, and hands everything else to the server that is being tried. */
export class PageServer {
  readonly sent: Sent[] = []
  #behind: RunningServer | undefined
  readonly #server: Server

  private constructor(script: string) {
    const html = readFileSync(join(import.meta.dirname, 'page/index.html'))
    const files: Record<string, [string, string | Buffer]> = {
      [PAGE]: ['text/html', html],
      [`${PAGE}app.js`]: ['text/javascript', script],
    }
    this.#server = createServer((request, response) => {
      const [type, text] = files[(request.url ?? '').replace(/\?.*/, '')] ?? []
      if (type) response.writeHead(200, { 'content-type': type }).end(text)
      else this.#forward(request, response)
    })
  }

  static async start(): Promise<PageServer> {
    const server = new PageServer(await buildApp())
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Where the page of a setup is. */
  page(setup: string): string {
    return `${this.origin}${PAGE}?setup=${setup}`
  }

  /** Puts itself in front of a server. */
  behind(server: RunningServer): void {
    this.#behind = server
    this.sent.length = 0
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request
    const { origin = '', prefix = '' } = this.#behind ?? {}
    const path = prefix && url.startsWith(prefix) ? url.slice(prefix.length) : url
    const onward = forward(`${origin}${path}`, { method, headers }, (answer) => {
      const { statusCode: status = 502 } = answer
      this.sent.push({ method, path: url.replace(/\?.*/, ''), status })
      response.writeHead(status, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.headersSent || response.writeHead(502).end())
    request.pipe(onward)
  }
}

/** The app with every setup in it, from the sources. */
async function buildApp(): Promise<string> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const output = await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'vue-auth-axios': join(root, 'src/index.ts') } },
    define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'false' },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: join(root, 'tests/servers/page/app.ts') },
    },
  })
  const chunk = 'output' in output ? output.output.find(({ type }) => type === 'chunk') : undefined
  if (chunk?.type !== 'chunk') throw new Error('The page was not built.')
  return chunk.code
}
