import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import axios from 'axios'
import { createClient } from 'redis'
import type { AuthBackend } from '../../src/index.ts'
import { redisResults, shareRefresh } from '../../src/server/index.ts'
import { Cluster, type Round, isLost, round } from '../support/cluster/cluster.ts'
import type { NodeSettings } from '../support/cluster/settings.ts'
import { RedisServer } from '../support/redis-server.ts'
import { StrictServer } from '../support/strict-server.ts'
import { formatted, table } from './fleet-output.ts'

// Three processes, one Redis, a server that ends the session when a spent refresh token comes again: what parallel page
// loads with a dead token cost, with `shareRefresh` and with the lock that most write by hand.
// `ROUNDS=30 npm run bench:cluster` for a shorter run.
const ROUNDS = Number(process.env['ROUNDS'] ?? 300)
const LOADS = 30
/** Visitors at the same time. */
const TOGETHER = 3
/** Longer than the lock of the recipe. */
const SLOW = 6_500
/** `hold`, and what a Redis that was restarted needs before it is trusted. */
const HOLD = 30_000

type Kind = 'shared' | 'recipe'

interface Row {
  processes: string
  scenario: string
  visitors: number
  'page loads': number
  'shown to their visitor': number
  'shown to another': number
  'asked the server': number
  reuses: number
  'sessions lost': number
  'ms, median': number
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** A cluster with its own Redis, and a server. */
async function setting(kind: Kind) {
  const redis = await new RedisServer().start()
  const api = await new StrictServer().start()
  const trusted = sleep(kind === 'shared' ? HOLD + 1_500 : 0)
  const settings: NodeSettings = { api: api.url, redis: redis.url, kind, hold: HOLD }
  const cluster = await new Cluster().start(settings, { ...settings, client: 'ioredis' }, settings)
  await trusted
  const end = () => Promise.all([cluster.stop(), redis.remove(), api.stop()])
  return { redis, api, cluster, end }
}

type Setting = Awaited<ReturnType<typeof setting>>

/** Runs a scenario and counts. */
async function measure(
  kind: Kind,
  scenario: string,
  { api }: Setting,
  run: () => Promise<Round[]>,
): Promise<Row> {
  const before = { asked: api.to('/auth/refresh').length, reuses: api.reuses }
  const rounds = await run()
  const pages = rounds.flatMap((each) => each.pages)
  return {
    processes: kind === 'shared' ? 'shareRefresh' : 'SET NX, then read again',
    scenario,
    visitors: rounds.length,
    'page loads': pages.length,
    'shown to their visitor': rounds.reduce((sum, { served }) => sum + served, 0),
    'shown to another': rounds.reduce((sum, { strangers }) => sum + strangers, 0),
    'asked the server': api.to('/auth/refresh').length - before.asked,
    reuses: api.reuses - before.reuses,
    'sessions lost': rounds.filter((each) => each.isLost).length,
    'ms, median': Math.round(median(pages.map(({ ms }) => ms))),
  }
}

async function scenarios(kind: Kind): Promise<Row[]> {
  const at = await setting(kind)
  const { api, cluster, redis } = at
  const together = (count: number, loads = LOADS) =>
    Promise.all(Array.from({ length: count }, () => round(cluster, api, loads)))
  try {
    const rows = [
      await measure(kind, 'rounds', at, async () => {
        const rounds: Round[] = []
        while (rounds.length < ROUNDS) rounds.push(...(await together(TOGETHER)))
        return rounds
      }),
    ]
    api.refreshDelay = SLOW
    rows.push(await measure(kind, `token endpoint takes ${SLOW / 1000} s`, at, () => together(10)))
    api.refreshDelay = 2_000
    rows.push(
      await measure(kind, 'Redis restarted empty, half come after', at, async () => {
        const visitors = await Promise.all(
          Array.from({ length: 10 }, async () => {
            const granted = api.grant()
            return {
              id: granted.access_token.split('-')[1] ?? '',
              cookie: await cluster.visitor(granted, 'dead'),
            }
          }),
        )
        const load = ({ cookie }: { cookie: string }) =>
          Promise.all([0, 1, 2].map((turn) => cluster.load(cookie, turn)))
        const first = visitors.map(load)
        await sleep(500)
        await redis.kill()
        await redis.start()
        await sleep(500)
        const second = visitors.map(load)
        return Promise.all(
          visitors.map(async ({ id }, index) => {
            const pages = [...(await first[index]!), ...(await second[index]!)]
            const shown = pages.filter(({ html }) => /order \d+</.test(html))
            const own = shown.filter(({ html }) => html.includes(`order ${id}<`))
            return {
              pages,
              served: own.length,
              strangers: shown.length - own.length,
              isLost: isLost(api, id),
            }
          }),
        )
      }),
    )
    return rows
  } finally {
    await at.end()
  }
}

/** What a refresh takes, in µs, where the server answers at once: alone, shared within a process, shared through Redis. */
async function cost(count = 1_000) {
  const redis = await new RedisServer().start()
  const client = await createClient({ url: redis.url }).connect()
  const plain: AuthBackend = {
    refresh: async (tokens) => ({ access_token: `AT-${tokens?.refreshToken}`, refresh_token: 'next' }),
  }
  const { age: _, ...results } = redisResults(client) // its Redis is young, and loses nothing
  const backends = {
    alone: plain,
    'shared, in memory': shareRefresh(plain),
    'shared, through Redis': shareRefresh(plain, { results }),
  }
  const context = { http: axios.create(), signal: new AbortController().signal }
  const times: Record<string, number[]> = {}
  for (let turn = 0; turn < count; turn++) {
    for (const [name, backend] of Object.entries(backends)) {
      const start = performance.now()
      await backend.refresh({ accessToken: 'AT', refreshToken: `RT-${turn}` }, context)
      ;(times[name] ??= []).push((performance.now() - start) * 1000)
    }
  }
  await client.close()
  await redis.remove()
  return Object.entries(times).map(([refresh, all]) => ({
    refresh,
    'µs, median': Math.round(median(all)),
    'µs, 99 of 100 below': Math.round(all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? 0),
  }))
}

/** What thousands of rendered pages leave in the memory of a process. */
async function memory(count = 10_000) {
  const api = await new StrictServer().start()
  const cluster = await new Cluster().start({ api: api.url, kind: 'alone' })
  const heap = async () => {
    const answer = await fetch(`${cluster.nodes[0]?.url}/memory`)
    return ((await answer.json()) as NodeJS.MemoryUsage).heapUsed
  }
  try {
    const cookie = await cluster.visitor(api.grant(), 'AT-1-1')
    const loads = async (many: number) => {
      for (let done = 0; done < many; done += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, index) => cluster.load(cookie, index)))
        api.arrivals.length = 0
      }
      await sleep(1_000)
      return heap()
    }
    const before = await loads(1_000)
    const after = await loads(count)
    return { renders: count, 'bytes left by each': Math.round((after - before) / count) }
  } finally {
    await cluster.stop()
    await api.stop()
  }
}

function print(title: string, rows: Array<Record<string, string | number>>): void {
  process.stdout.write(`${styleText('bold', title)}\n${table(rows)}\n`)
}

const start = performance.now()
const costs = await cost()
print('A refresh, where the server answers at once', costs)
const left = await memory()
print('Rendered pages', [left])
const rows = [...(await scenarios('shared')), ...(await scenarios('recipe'))].map((row) => ({ ...row }))
print(`Three processes, ${LOADS} parallel page loads a visitor, dead access token`, rows)
const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
}
const results = {
  ...machine,
  seconds: Math.round((performance.now() - start) / 1000),
  loads: LOADS,
  costs,
  memory: left,
  rows,
}
await writeFile(join(import.meta.dirname, 'cluster.json'), formatted(results))
