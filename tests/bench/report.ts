import { styleText } from 'node:util'
import type { ClockFigures } from './measurements/known-expiry.ts'
import type { MemoryFigures } from './measurements/memory.ts'
import type { IdleRow } from './measurements/nothing-happens.ts'
import type { SizeRow } from './measurements/size.ts'
import type { StartRow } from './measurements/start.ts'
import type { StormRow } from './measurements/storm.ts'
import type { TabStormRow } from './measurements/tab-storm.ts'
import type { Results } from './results.ts'
import type { Figure } from './statistics.ts'

type Cell = string | number
type Line = Record<string, Cell>

/** The results of a run, to be read by people. */
export function report(results: Results): string {
  const { date, node, cpu, cores, versions, notes, seconds, idle, storm, clock, memory, tabs, size, start } =
    results
  return [
    `${date}, Node ${node}, ${cores} × ${cpu}, ${Math.round(seconds)} s; medians, and between which values half of the rounds lie`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...Object.entries(notes).map(([name, note]) => `${name} ${note}.`),
    ...(idle ? idleTables(idle) : []),
    ...(storm ? stormTables(storm) : []),
    ...(clock ? clockTables(clock) : []),
    ...(memory ? memoryTables(memory) : []),
    ...(tabs ? tabTables(tabs) : []),
    ...(size ? sizeTables(size) : []),
    ...(start ? startTables(start) : []),
  ].join('\n')
}

const idleTables = (rows: IdleRow[]) =>
  section(
    '1. Nothing happens: a request with a live token',
    rows.map(({ name, cpu, cpuRatio, added, bytes }) => ({
      '': name,
      'CPU over loopback, µs': spread(cpu, 1),
      'to the floor': spread(cpuRatio, 3),
      'added in memory, µs': spread(added, 2),
      'bytes added': spread(bytes, 0),
    })),
  )

function stormTables(rows: StormRow[]): string[] {
  const storms = groupsOf(
    rows,
    ({ requests, spread: over }) =>
      `${amount(requests)} requests, answers ${over ? `over ${over} ms` : 'together'}`,
  )
  return [...storms].flatMap(([title, storm]) =>
    section(
      `2. A storm: ${title}`,
      storm.map(({ name, succeeded, failed, hung, refreshes, reuses, wire, ms, ratio, reason = '' }) => ({
        '': name,
        ok: succeeded,
        failed,
        hung,
        refreshes,
        reuses,
        wire,
        ms: spread(ms, 0),
        'to the ideal': ratio ? spread(ratio, 2) : '-',
        why: shortened(reason),
      })),
    ),
  )
}

function clockTables({ knownExpiry, leeway }: ClockFigures): string[] {
  return [
    ...section(
      '3. Known expiry: the token is dead by the clock',
      knownExpiry.map(({ name, requests, succeeded, refreshes, wire, refused, ratio }) => ({
        '': name,
        requests,
        ok: succeeded,
        refreshes,
        wire,
        'answered 401': refused,
        'to the ideal': ratio ? spread(ratio, 2) : '-',
      })),
    ),
    ...section(
      '3. Leeway: the token dies soon',
      leeway.map(({ name, requests, succeeded, refreshes, waited }) => ({
        '': name,
        requests,
        ok: succeeded,
        refreshes,
        'requests wait for it': refreshes ? (waited ? 'yes' : 'no') : '-',
      })),
    ),
  ]
}

function memoryTables({ waiting, cycles }: MemoryFigures): string[] {
  return [
    ...section(
      '4. Memory: bytes per waiting request besides those of a bare one that waits in the adapter',
      waiting.map(({ name, waitsFor, requests, waiting: count, added, left, cannot = '' }) => ({
        '': name,
        'waits for': waitsFor,
        waiting: `${amount(count)} of ${amount(requests)}`,
        // What the few weigh who wait says nothing of the many.
        'bytes each': count === requests ? added : '-',
        'left when settled': left,
        why: shortened(cannot),
      })),
    ),
    ...section(
      '4. Memory: growth of the heap with each expiry',
      cycles.map(({ name, cycles: times, requests, growth, cannot = '' }) => ({
        '': name,
        expiries: times,
        'requests each': requests,
        'bytes each': spread(growth, 0),
        why: shortened(cannot),
      })),
    ),
  ]
}

const tabTables = (rows: TabStormRow[]) =>
  section(
    '5. Tabs of a real browser',
    rows.map(({ tabs, requests, refreshes, reuses, failed, ms, ratioToOneTab }) => ({
      tabs,
      requests,
      refreshes,
      reuses,
      failed,
      'ms until the last tab is served': ms.toFixed(0),
      'to one tab': ratioToOneTab.toFixed(2),
    })),
  )

const sizeTables = (rows: SizeRow[]) =>
  section(
    '6. Size: what a bundler ships, peers apart',
    rows.map(({ name, imports, minified, gzipped }) => ({
      '': name,
      imports,
      minified,
      'min + gzip': gzipped,
    })),
  )

const startTables = (rows: StartRow[]) =>
  section(
    '7. Start',
    rows.map(({ name, us }) => ({ '': name, µs: spread(us, 0) })),
  )

/** Rows by what they have in common, in their order. */
function groupsOf<T>(rows: T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

const amount = (value: number) => value.toLocaleString('en')

const shortened = (text: string) => (text.length > 48 ? `${text.slice(0, 47)}…` : text)

function spread({ median, low, high, rounds }: Figure, digits: number): string {
  if (!rounds) return '-'
  const text = median.toFixed(digits)
  return rounds === 1 ? text : `${text} (${low.toFixed(digits)}..${high.toFixed(digits)})`
}

function section(title: string, lines: Line[]): string[] {
  // A column in which nobody has anything says nothing.
  const names = Object.keys(lines[0] ?? {}).filter((name) => lines.some((line) => line[name] !== ''))
  const cells = [names, ...lines.map((line) => names.map((name) => shown(line[name] ?? '')))]
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  // The first column and whatever holds words is set to the left.
  const isText = names.map(
    (name, column) => column === 0 || lines.some((line) => /[a-z]/i.test(String(line[name]))),
  )
  const text = cells.map((line) =>
    line
      .map((cell, column) =>
        isText[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return ['', styleText('bold', title), ...text]
}

const shown = (cell: Cell) => (typeof cell === 'number' ? amount(cell) : cell)
