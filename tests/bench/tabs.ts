import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { times } from '../support/outcomes.ts'
import type { RunningEngine } from '../support/real-tabs/engines/engine.ts'
import { ENGINES } from '../support/real-tabs/engines/engines.ts'
import { KINDS, type Kind, OPENID } from '../support/real-tabs/kinds.ts'
import { bundle } from '../support/real-tabs/pages.ts'
import { type Figures, playRounds } from '../support/real-tabs/rounds.ts'
import { haveSeparateProcesses } from '../support/real-tabs/separate-processes.ts'
import { SteeredProfile } from '../support/real-tabs/steered-profile.ts'
import { formatted } from './fleet-output.ts'

// Lets tabs of every installed engine refresh at the same moment, with this library and with what the field does: how
// many sessions are lost.
//
//   node tests/bench/tabs.ts                                  all of it: prints a table, writes tabs.json
//   node tests/bench/tabs.ts --engine Firefox --kind local    a part of it: prints a table

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true },
    kind: { type: 'string', multiple: true },
    /** How many rounds two tabs play; five tabs play a fifth of them. */
    rounds: { type: 'string', default: process.env.TAB_ROUNDS ?? '100' },
    /** Where the results go, of a part as well. */
    out: { type: 'string' },
  },
})

const ROUNDS = Number(values.rounds)

/** How many requests each tab sends at once. */
const REQUESTS = 5

const OURS = { name: 'vue-auth-axios', entry: 'tests/browser/pages/tab.ts' }
const RECIPE = { name: 'a Web Lock, then localStorage again', entry: 'tests/bench/recipe-tab.ts' }

type Contestant = typeof OURS

const PARTIES = [
  { tabs: 2, rounds: ROUNDS },
  { tabs: 5, rounds: Math.ceil(ROUNDS / 5) },
]

/** One line of the table. */
interface Row extends Figures {
  engine: string
  kind: string
  name: string
  tabs: number
}

async function contest(
  engine: RunningEngine,
  kind: Kind,
  script: string,
  { tabs, rounds }: { tabs: number; rounds: number },
): Promise<Figures> {
  const referee = await kind.start()
  const profile = await SteeredProfile.create(engine, script, referee, kind.settings)
  try {
    const open = await Promise.all(times(tabs, () => profile.open()))
    if (!(await haveSeparateProcesses(open, profile.pages))) throw new Error('The tabs share a process.')
    return await playRounds(open, referee, rounds, kind.begin, REQUESTS)
  } finally {
    await profile.close()
    await referee.close()
  }
}

function print(...columns: Array<string | number>): void {
  const widths = [22, 14, 36, 4, 7, 10, 7, 11, 5]
  const line = columns.map((text, index) =>
    index < 3 ? String(text).padEnd(widths[index] ?? 0) : String(text).padStart(widths[index] ?? 0),
  )
  process.stdout.write(`${line.join(' ')}\n`)
}

const isWanted = (wanted: string[] | undefined, name: string) => !wanted || wanted.includes(name)

/** The recipe keeps its tokens in `localStorage`. */
const contestantsOf = ({ storesTokens }: Kind): Contestant[] => (storesTokens ? [RECIPE, OURS] : [OURS])

const rows: Row[] = []

async function play(engine: RunningEngine, scripts: Map<Contestant, string>): Promise<void> {
  for (const kind of [...KINDS, OPENID].filter(({ name }) => isWanted(values.kind, name)))
    for (const party of PARTIES)
      for (const contestant of contestantsOf(kind)) {
        const figures = await contest(engine, kind, scripts.get(contestant)!, party)
        const row = {
          engine: engine.version,
          kind: kind.name,
          name: contestant.name,
          tabs: party.tabs,
          ...figures,
        }
        rows.push(row)
        const { rounds, refreshes, reuses, unanswered, lost } = row
        print(row.engine, row.kind, row.name, row.tabs, rounds, refreshes, reuses, unanswered, lost)
      }
}

const scripts = new Map<Contestant, string>()
for (const contestant of [OURS, RECIPE]) scripts.set(contestant, await bundle(contestant.entry))

process.stdout.write(
  styleText('bold', `Tabs that refresh at the same moment, ${REQUESTS} requests each, every token dead\n`),
)
print('', 'kept', '', 'tabs', 'rounds', 'refreshes', 'reuses', 'unanswered', 'lost')
for (const engine of ENGINES.filter(({ name }) => isWanted(values.engine, name))) {
  if (!engine.isInstalled()) {
    process.stdout.write(`${engine.name} is not installed (${engine.packages}): skipped\n`)
    continue
  }
  const running = await engine.launch()
  try {
    await play(running, scripts)
  } finally {
    await running.close()
  }
}

const isAll = !values.engine && !values.kind
const out = values.out ?? (isAll ? join(import.meta.dirname, 'tabs.json') : undefined)
if (out) await writeFile(out, formatted({ date: new Date().toISOString(), requests: REQUESTS, rows }))
