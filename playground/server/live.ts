import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { parse } from 'hono/utils/cookie'
import { type WebSocket, WebSocketServer } from 'ws'
import { ACCESS_COOKIE } from './cookie-routes.ts'
import type { ApiEnv } from './env.ts'
import type { FindBearer } from './require-session.ts'
import { readStation } from './stations.ts'

/** The close code of a socket whose token does not serve, or no longer; 4000 to 4999 are the application's own. */
export const TOKEN_REFUSED = 4401

/** Where sockets are opened. */
export const SOCKET_PATH = '/api/live/socket'
/** In ms. */
const EVERY = 1_000
const STATION = 7

/** Connections that stay open, each as long as the token that opened it serves. */
export interface Live {
  /** `GET /events?access_token=…`: an EventSource sends no headers of its own. */
  events: Hono<ApiEnv>
  /** Opens a socket; its first message is `{ token }`. Without one the cookie decides. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void
}

/** Makes both kinds of connection. */
export function createLive(findBearer: FindBearer): Live {
  const sockets = new WebSocketServer({ noServer: true })

  async function serve(socket: WebSocket, token: string | undefined): Promise<void> {
    const user = await findBearer(token)
    if (!user) return socket.close(TOKEN_REFUSED, 'The token is refused.')
    socket.send(JSON.stringify({ hello: user.name }))
    const timer = setInterval(async () => {
      if (await findBearer(token)) socket.send(JSON.stringify(readStation(STATION)))
      else socket.close(TOKEN_REFUSED, 'The token has expired.')
    }, EVERY)
    socket.once('close', () => clearInterval(timer))
  }

  const events = new Hono<ApiEnv>().get('/events', async (c) => {
    const token = c.req.query('access_token') ?? cookieOf(c.req.header('Cookie'))
    const user = await findBearer(token)
    if (!user) return c.json({ error: 'invalid_token' }, 401)
    return streamSSE(c, async (stream) => {
      await stream.writeSSE({ event: 'hello', data: user.name })
      while (!stream.aborted && (await findBearer(token))) {
        await stream.writeSSE({ data: JSON.stringify(readStation(STATION)) })
        await stream.sleep(EVERY)
      }
    })
  })

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { host, origin = '', cookie } = request.headers
    // A browser sends cookies along with the sockets of any page.
    if (!origin.endsWith(`//${host}`)) return void stream.destroy()
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.once('message', (message) => {
        const token = tokenIn(String(message)) ?? cookieOf(cookie)
        serve(socket, token).catch(() => socket.terminate())
      })
    })
  }

  return { events, upgrade }
}

function tokenIn(message: string): string | undefined {
  try {
    const { token } = JSON.parse(message)
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined // whoever says nothing that can be read has no token
  }
}

const cookieOf = (header = '') => parse(header, ACCESS_COOKIE)[ACCESS_COOKIE]
