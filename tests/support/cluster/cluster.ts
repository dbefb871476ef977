import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { GrantedTokens, StrictServer } from '../strict-server.ts'
import type { NodeSettings } from './settings.ts'

/** What a page has shown. */
export interface Page {
  html: string
  status: string
  refreshToken?: string
  /** How long it took, in ms. */
  ms: number
}

interface Node {
  process: ChildProcess
  url: string
}

/** Processes that render pages, as those behind a load balancer. */
export class Cluster {
  readonly nodes: Node[] = []

  /** Starts processes; each runs the sources, as they are. */
  async start(...settings: NodeSettings[]): Promise<this> {
    this.nodes.push(...(await Promise.all(settings.map(startNode))))
    return this
  }

  /** A visitor whose access token has died: the cookies that their browser sends. */
  async visitor({ refresh_token }: GrantedTokens, dead: string): Promise<string> {
    const answer = await fetch(`${this.nodes[0]?.url}/session`, {
      method: 'POST',
      body: JSON.stringify({ access_token: dead, refresh_token }),
    })
    return cookiesOf(answer)
  }

  /** Loads a page from one of the processes, in turn. */
  async load(cookie: string, turn: number): Promise<Page> {
    const { url } = this.nodes[turn % this.nodes.length]!
    const start = performance.now()
    const answer = await fetch(url, { headers: { cookie } })
    return { ...((await answer.json()) as Page), ms: performance.now() - start }
  }

  /** Ends a process at once, as a crash would. */
  async kill(index: number): Promise<void> {
    const [node] = this.nodes.splice(index, 1)
    const exited = once(node!.process, 'exit')
    node!.process.kill('SIGKILL')
    await exited
  }

  async stop(): Promise<void> {
    while (this.nodes.length > 0) await this.kill(0)
  }
}

/** What a round of page loads came to. */
export interface Round {
  pages: Page[]
  /** How many pages were shown to somebody else than their visitor. */
  strangers: number
  /** How many pages show what their visitor alone may see. */
  served: number
  /** Whether the server has ended the session. */
  isLost: boolean
}

/** Parallel page loads of one visitor whose access token has died. */
export async function round(cluster: Cluster, api: StrictServer, loads = 30): Promise<Round> {
  const granted = api.grant()
  const [, visitor = ''] = /^AT-(\d+)-/.exec(granted.access_token) ?? []
  const cookie = await cluster.visitor(granted, `dead-${visitor}`)
  const pages = await Promise.all(Array.from({ length: loads }, (_, index) => cluster.load(cookie, index)))
  const shown = pages.map(({ html }) => /order (\w+)/.exec(html)?.[1])
  return {
    pages,
    strangers: shown.filter((order) => order !== visitor && /^\d+$/.test(order ?? '')).length,
    served: shown.filter((order) => order === visitor).length,
    isLost: isLost(api, visitor),
  }
}

/** Whether none of the refresh tokens of a session would be taken. */
export const isLost = (api: StrictServer, visitor: string): boolean =>
  !Array.from({ length: 9 }, (_, turn) => `RT-${visitor}-${turn + 1}`).some((token) => api.isAlive(token))

async function startNode(settings: NodeSettings): Promise<Node> {
  const file = join(import.meta.dirname, 'page-node.ts')
  const child = spawn(process.execPath, ['--expose-gc', file, JSON.stringify(settings)], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [port] = (await once(lines, 'line')) as [string]
  return { process: child, url: `http://127.0.0.1:${port}` }
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}
