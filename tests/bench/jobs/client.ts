import { Agent } from 'node:http'
import type { AxiosAdapter } from 'axios'
import type { Client, Contestant, Tokens } from '../contestant.ts'

/** How many connections each contestant has; they stay open from one round to the next. */
const CONNECTIONS = 256

const httpAgent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS })

const { contestant }: { contestant: Contestant } = await import(`../contestants/${process.argv[2]}.ts`)

/** What a client of the contestant is to find. */
export interface Setting {
  tokens: Tokens
  url: string
  goesByClock?: boolean
  /** Stands in for the network. */
  adapter?: AxiosAdapter
}

/** The contestant of this process, signed in. */
export const startClient = async ({ tokens, url, goesByClock = false, adapter }: Setting): Promise<Client> =>
  contestant.start({
    tokens,
    goesByClock,
    axios: { baseURL: url, ...(adapter ? { adapter } : { httpAgent, proxy: false }) },
  })
