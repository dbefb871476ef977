import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dist } from './built.ts'
import { drawChart } from './chart.ts'
import { measureKnownExpiry } from './measurements/known-expiry.ts'
import type { Pace } from './measurements/measurement.ts'
import { measureMemory } from './measurements/memory.ts'
import { measureNothingHappens } from './measurements/nothing-happens.ts'
import { measureSize } from './measurements/size.ts'
import { measureStart } from './measurements/start.ts'
import { measureStorm } from './measurements/storm.ts'
import { measureTabs } from './measurements/tab-storm.ts'
import { report } from './report.ts'
import type { Results } from './results.ts'
import { FLOOR, OTHERS } from './roster.ts'

// Measures the built library beside what people use today, and bare axios beneath them all.
//
//   node tests/bench/run.ts                        all of it: prints tables, writes results.json and chart.svg
//   node tests/bench/run.ts --only storm --quick   a part of it, in a few seconds: prints tables

const MEASUREMENTS = {
  idle: measureNothingHappens,
  storm: measureStorm,
  clock: measureKnownExpiry,
  memory: measureMemory,
  tabs: measureTabs,
  size: measureSize,
  start: measureStart,
}

type Name = keyof typeof MEASUREMENTS

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    /** Where the results go, of a part as well. */
    out: { type: 'string' },
  },
})

const isKnown = (name: string): name is Name => name in MEASUREMENTS
const wanted = values.only ?? Object.keys(MEASUREMENTS)
const unknown = wanted.filter((name) => !isKnown(name))
if (unknown.length)
  throw new Error(`There is no "${unknown.join(', ')}": ${Object.keys(MEASUREMENTS).join(', ')}.`)
if (!existsSync(new URL('index.js', dist))) throw new Error('There is nothing to measure: npm run build.')

const begin = performance.now()
const elapsed = () => (performance.now() - begin) / 1000
const figures: Partial<Record<Name, unknown>> = {}
for (const name of wanted.filter(isKnown)) {
  const pace: Pace = {
    quick: values.quick,
    tell: (what) => process.stderr.write(`${elapsed().toFixed(0).padStart(4)} s  ${what}\n`),
  }
  figures[name] = (await MEASUREMENTS[name](pace)) ?? undefined
}

const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  cpu: cpus()[0]?.model.trim() ?? '',
  cores: cpus().length,
  versions: Object.fromEntries([
    ['axios', FLOOR.version ?? ''],
    ...OTHERS.flatMap(({ name, version }) =>
      version && !name.includes(',') ? [[name, version] as const] : [],
    ),
  ]),
  notes: Object.fromEntries(OTHERS.flatMap(({ name, note }) => (note ? [[name, note] as const] : []))),
  seconds: Math.round(elapsed()),
  ...(figures as Partial<Results>),
}

process.stdout.write(`${report(results)}\n`)
const isWhole = !values.only && !values.quick
const file = values.out ?? (isWhole ? fileURLToPath(new URL('results.json', import.meta.url)) : null)
if (file) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
if (isWhole && !values.out) drawChart(results)
