import { request as forward } from 'node:http'
import type { Plugin } from 'vite'
import type { BrowserCommandContext } from 'vitest/node'
import { StrictServer } from './strict-server.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** The requests that the strict API has got at a path, in order. */
    strictArrivals(path: string): Promise<StrictArrival[]>
  }
}

/** A request as it arrived. */
export interface StrictArrival {
  authorization: string | undefined
  contentType: string | undefined
  /** In base64. */
  body: string
  status: number
}

const BASE = '/strict'

let strict: Promise<StrictServer> | undefined

/** Puts a strict server below `/strict` of the tests' own origin, when it is first asked for. */
export function strictApi(): Plugin {
  return {
    name: 'strict-api',
    configureServer(server) {
      server.middlewares.use(BASE, (request, response, next) => {
        strict ??= new StrictServer().start()
        strict
          .then(({ url }) => {
            const { method, headers, url: path = '/' } = request
            const onward = forward(`${url}${path}`, { method, headers }, (answer) => {
              response.writeHead(answer.statusCode ?? 502, answer.headers)
              answer.pipe(response)
            })
            request.pipe(onward.on('error', next))
          })
          .catch(next)
      })
    },
    async closeBundle() {
      const started = strict
      strict = undefined
      await (await started)?.stop()
    },
  }
}

/** The commands that go with `strictApi()`. */
export const strictCommands = {
  async strictArrivals(_test: BrowserCommandContext, path: string): Promise<StrictArrival[]> {
    const arrivals = (await strict)?.to(path) ?? []
    return arrivals.map(({ authorization, headers, body, status }) => ({
      authorization,
      contentType: headers['content-type'],
      body: body.toString('base64'),
      status,
    }))
  },
}
