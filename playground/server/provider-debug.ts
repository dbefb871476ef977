import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { type RefreshFault, readFaults } from './faults.ts'
import type { PlaygroundProvider } from './provider.ts'
import type { Stats } from './stats.ts'

/** Ways to make trouble for a provider, the same that the playground's own API has. */
export interface ProviderDebug {
  /** Answers requests to `/api/debug/*`, and those to the token endpoint that are to meet a fault; says whether it did. */
  listen(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/** Makes them. Two faults are known: 401, with which the provider takes everything back, and any other status. */
export function providerDebug(provider: PlaygroundProvider): ProviderDebug {
  let faults: RefreshFault[] = []

  const stats = (): Stats => ({
    logins: 0,
    refreshes: provider.stats.refreshes,
    reuses: provider.stats.reuses,
    unauthorized: provider.api.stats.refused,
    served: provider.api.stats.served,
  })

  async function plan(request: IncomingMessage): Promise<void> {
    const body = (await json(request)) as Record<string, unknown>
    faults = readFaults(body['refresh'])
    if (faults.includes(401)) {
      faults = []
      await provider.revoke()
    }
  }

  function answer(response: ServerResponse, body: unknown, status = 200): true {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(body))
    return true
  }

  return {
    async listen(request, response) {
      const route = `${request.method} ${request.url}`
      if (route === 'POST /token' && faults.length > 0 && typeof faults[0] === 'number') {
        return answer(response, { error: 'temporarily_unavailable' }, Number(faults.shift()))
      }
      if (route === 'GET /api/debug/stats') return answer(response, stats())
      if (route === 'GET /api/debug/fail') return answer(response, { refresh: faults })
      if (route === 'POST /api/debug/expire') await provider.expire()
      else if (route === 'POST /api/debug/fail') await plan(request)
      else return false
      return answer(response, { refresh: faults })
    },
  }
}
