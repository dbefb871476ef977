import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { type Line, chart } from './fleet-chart.ts'
import { formatted, table } from './fleet-output.ts'
import {
  FLEET,
  type Measured,
  candidates,
  expiries,
  leeways,
  outages,
  OUTAGE,
  stretches,
} from './fleet-scenarios.ts'

// A million clients whose tokens end together: how many refreshes a second come to the token endpoint, with jitter and
// without, and after it was out for a minute. Says the same each time.

function print(title: string, rows: Parameters<typeof table>[0]): void {
  process.stdout.write(`${styleText('bold', title)}\n${table(rows)}\n`)
}

const rowsOf = (all: Measured[]) => all.map(({ row }) => row)

/** The line of the fleet to which all this applies. */
function lineOf(all: Measured[], label: string, kind: Line['kind'], wanted: Measured['row']): Line {
  const found = all.find(({ row }) => Object.entries(wanted).every(([name, value]) => row[name] === value))
  if (!found) throw new Error(`No fleet is like ${JSON.stringify(wanted)}.`)
  return { curve: found.curve, label, kind }
}

const clients = FLEET.clients.toLocaleString('en')
process.stdout.write(
  `${clients} clients, a request every ${FLEET.pause / 1000} s each (Poisson), leeway ${FLEET.leeway} s, ` +
    `answers after ${FLEET.latency} ms, seed ${FLEET.seed}\n\n`,
)
const expiring = expiries()
print('Tokens that end together', rowsOf(expiring))
const out = outages()
print('503 for a minute from when they are due: sign-ins over 60 s, lifetime 15 min', rowsOf(out))
const stretched = stretches()
print('The same, jitter on: what it is good for that clients stretch Retry-After', stretched)
const compared = candidates()
print('Where the jitter could lie: sign-ins over 1 s, lifetime 15 min', compared)
const larger = leeways()
print('Jitter on, a larger leeway: sign-ins over 1 s', larger)

const together = { 'sign-ins over, s': 1, 'lifetime, min': 15 }
const atNine = { 'sign-ins over, s': 60, 'lifetime, min': 15 }
const drawn = chart(`Refreshes a second at the token endpoint, ${clients} clients`, [
  {
    title: 'Tokens end within a second: refreshes/s',
    lines: [
      lineOf(expiring, 'jitter off', 'off', { ...together, jitter: 'off' }),
      lineOf(expiring, 'jitter on', 'on', { ...together, jitter: 'on' }),
    ],
  },
  {
    title: 'Tokens end within a minute: refreshes/s',
    lines: [
      lineOf(expiring, 'jitter off', 'off', { ...atNine, jitter: 'off' }),
      lineOf(expiring, 'jitter on', 'on', { ...atNine, jitter: 'on' }),
    ],
  },
  {
    title: 'The same, and the token endpoint is out for a minute: refreshes/s',
    lines: [
      lineOf(out, 'jitter off', 'off', { 'Retry-After': 'none', jitter: 'off' }),
      lineOf(out, 'jitter on', 'on', { 'Retry-After': 'none', jitter: 'on' }),
      lineOf(out, '… Retry-After: 5', 'on-told', { 'Retry-After': 5, jitter: 'on' }),
      lineOf(out, '… Retry-After: 30', 'on-told-later', { 'Retry-After': 30, jitter: 'on' }),
    ],
    shade: { ...OUTAGE, label: '503' },
  },
])
const results = {
  fleet: FLEET,
  expiries: expiring,
  outages: out,
  stretches: stretched,
  candidates: compared,
  leeways: larger,
}
await writeFile(join(import.meta.dirname, 'fleet.json'), formatted(results))
await writeFile(join(import.meta.dirname, 'fleet.svg'), drawn)
