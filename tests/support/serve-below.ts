import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Serves what another server serves, below a path, for the current test. Gives the origin. */
export async function serveBelow(base: string, origin: string): Promise<string> {
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request
    if (!url.startsWith(`${base}/`)) {
      response.writeHead(404).end()
      return
    }
    const onward = forward(`${origin}${url.slice(base.length)}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
