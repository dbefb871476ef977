import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from '../../../../tests/bench/results.ts'
import { PROJECT } from './project.ts'

type Cell = string | number
type Row = Record<string, Cell>

/** What `npm run bench:tabs` writes. */
interface TabResults {
  date: string
  rows: {
    engine: string
    kind: string
    name: string
    tabs: number
    rounds: number
    refreshes: number
    reuses: number
    lost: number
  }[]
}

/** The part of what `npm run bench:fleet` writes that is shown. */
interface FleetResults {
  expiries: { row: Row }[]
  outages: { row: Row }[]
}

const OURS = 'vue-auth-axios'

function read<Found>(name: string): Found | null {
  const file = join(PROJECT, 'tests/bench', name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Found) : null
}

/** The page of what was measured, from the files that the benchmarks write. */
export function benchmarkPage(): string {
  const results = read<Results>('results.json')!
  const parts = [
    headOf(results),
    stormOf(results),
    tabsOf(read<TabResults>('tabs.json')),
    liveOf(results),
    sizeOf(results),
    fleetOf(read<FleetResults>('fleet.json')!),
  ]
  return `${parts.join('\n\n')}\n`
}

function headOf({ date, node, cpu, cores, versions, notes }: Results): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const remarks = Object.entries(notes).map(([name, note]) => `${name} ${note}.`)
  return `# Benchmark

Written by \`npm run docs:write\` from what \`npm run bench\`, \`bench:tabs\` and \`bench:fleet\` have measured; [all figures](../../tests/bench/results.json).
From a run on ${date}: Node ${node}, ${cores} cores of ${cpu}, everything over loopback; medians. ${peers.join(', ')}.
${remarks.join(' ')} "The ideal, by hand" knows beforehand what will happen.`
}

function stormOf({ storm = [] }: Results): string {
  const rows = storm.filter(({ requests }) => requests === 1000)
  const table = (spread: boolean) =>
    tableOf(
      rows
        .filter((row) => row.spread > 0 === spread)
        .map(({ name, succeeded, failed, refreshes, reuses, wire, ms, ratio }) => ({
          '': bold(name),
          succeeded,
          failed,
          refreshes,
          'reuse detected': reuses,
          'requests at the server': wire,
          ms: Math.round(ms.median),
          'to the ideal': ratio ? ratio.median.toFixed(2) : '–',
        })),
    )
  return `## A storm

A thousand requests meet a dead access token; refresh tokens rotate, and a spent one that comes again ends the session.

![A thousand requests meet a dead token: how many succeed, and for how many refreshes](../../tests/bench/chart.svg)

Answered together:

${table(false)}

Their 401s spread over 200 ms:

${table(true)}`
}

const TABS = `## Tabs

Tabs of one browser need a token at the same moment, while refresh tokens rotate and their reuse is detected.`

function tabsOf(results: TabResults | null): string {
  if (!results) return `${TABS} \`npm run bench:tabs\` measures it.`
  const rows = results.rows.map(({ engine, kind, name, tabs, rounds, refreshes, reuses, lost }) => ({
    browser: engine,
    'kept in': kind,
    '': bold(name),
    tabs,
    rounds,
    refreshes,
    'reuse detected': reuses,
    'sessions lost': lost,
  }))
  return `${TABS} Beside it, in the same browsers, the common recipe: a Web Lock, then \`localStorage\` read
again inside it (${results.date.slice(0, 10)}).

${tableOf(rows)}`
}

function liveOf({ idle = [], start = [] }: Results): string {
  const idleRows = idle.map(({ name, added, bytes }) => ({
    '': bold(name),
    'µs added': added.median.toFixed(1),
    'bytes added': Math.round(bytes.median),
  }))
  const starts = start.map(({ name, us }) => `${name}: ${Math.round(us.median)} µs`)
  return `## A request with a live token

What is added to a request that an adapter in memory answers:

${tableOf(idleRows)}

The start, once for each page. ${starts.join('; ')}.`
}

function sizeOf({ size = [] }: Results): string {
  const rows = size.map(({ name, imports, minified, gzipped }) => ({
    '': bold(name),
    imports: imports.includes('{') ? `\`${imports}\`` : imports,
    'minified, kB': (minified / 1000).toFixed(1),
    'and gzipped, kB': (gzipped / 1000).toFixed(1),
  }))
  return `## Size

Without the peers:

${tableOf(rows)}`
}

function fleetOf({ expiries, outages }: FleetResults): string {
  return `## A large fleet

A million sessions, simulated with a fixed seed, each with a request every 5 s and a leeway of 30 s. Tokens that were issued together end together; each is refreshed up to half a
leeway earlier by chance (the jitter), so that they do not come back together.

${tableOf(expiries.map(({ row }) => row))}

The token endpoint is overloaded for a minute and answers 503, with \`Retry-After\` (in s) or without:

${tableOf(outages.map(({ row }) => row))}

![Refreshes a second at the token endpoint](../../tests/bench/fleet.svg)

So: raise \`leeway\` where many sign in within the same seconds, and let an overloaded token endpoint say \`Retry-After\`.`
}

const bold = (name: string) => (name === OURS ? `**${name}**` : name)

function tableOf(rows: Row[]): string {
  const heads = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => heads.map((head) => textOf(row[head] ?? '')))
  return [heads, heads.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

const textOf = (cell: Cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)
