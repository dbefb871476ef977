import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from './remote.ts'
import { Sessions } from './sessions.ts'

// The server of all contestants, in a process of its own: one resource at every path, and a token endpoint.

const JSON_TYPE = { 'content-type': 'application/json' }
const BODY = JSON.stringify({ items: [1, 2, 3], of: 'a resource' })

let sessions = new Sessions()
let spread = 0
let refreshDelay = 0

function answer(response: ServerResponse, status: number, body: string, headers = {}): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers })
  response.end(body)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function later(delay: number, work: () => void): void {
  if (delay > 0) setTimeout(work, delay)
  else work()
}

async function refresh(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { refresh_token: presented } = JSON.parse(await textOf(request))
  const reply = sessions.refresh(String(presented))
  later(refreshDelay, () => {
    if (reply) answer(response, 200, JSON.stringify(reply))
    else answer(response, 400, '{"error":"invalid_grant"}')
  })
}

/** By its number, so that the same request waits as long in every round: answers come spread, and in no order. */
const delayOf = (path = '') => ((Number(path.split('/').at(-1)) * 37) % 100) * (spread / 100)

const server = createServer((request, response) => {
  if (request.url === '/auth/refresh') {
    refresh(request, response).catch(() => response.destroy())
  } else if (sessions.letsIn(request.headers.authorization)) {
    answer(response, 200, BODY)
  } else {
    later(delayOf(request.url), () =>
      answer(response, 401, '{"error":"unauthorized"}', {
        'www-authenticate': 'Bearer error="invalid_token"',
      }),
    )
  }
})
// Connections stay while others have their turn.
server.keepAliveTimeout = 600_000
server.requestTimeout = 0

const handlers = {
  listen: () =>
    new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      })
    }),
  /** Begins a round: how far answers of 401 are spread, and how long a refresh takes, in ms. */
  begin(round: { spread?: number; refreshDelay?: number }) {
    sessions = new Sessions()
    spread = round.spread ?? 0
    refreshDelay = round.refreshDelay ?? 0
  },
  /** Signs somebody in; with a token that is dead already, or that lives so long. */
  grant({ lifetime = 3_600_000, isDead = false }: { lifetime?: number; isDead?: boolean }) {
    const tokens = sessions.grant(lifetime)
    if (isDead) sessions.expire()
    return tokens
  },
  counts: () => sessions.counts,
}

/** What the server can be asked to do. */
export type ServerHandlers = typeof handlers

serve(handlers)
