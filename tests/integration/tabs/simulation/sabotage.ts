// Takes out, one by one and in a copy, what keeps tabs in agreement, and says after how many runs the simulation notices:
//   node tests/integration/tabs/simulation/sabotage.ts
// SABOTAGE_RUNS (400) bounds the runs for each keeper, SABOTAGE_KEEPERS (local,custom,session,cookie,hidden) chooses them.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { SABOTAGE_RUNS = '400', SABOTAGE_KEEPERS = 'local,custom,session,cookie,hidden' } = process.env

/** What is taken out: a file, what stands there, and what takes its place. */
const SABOTAGES: Array<[what: string, file: string, intact: string, broken: string]> = [
  [
    'the fence',
    'src/tabs/shared-record.ts',
    '(await locks?.newest(key)) ?? null',
    '(await locks?.newest(key)) && null',
  ],
  [
    'the lock',
    'src/tabs/shared-record.ts',
    'locks ? locks.alone(key, bounds, work) : work()',
    'bounds && work()',
  ],
  [
    'the tombstone',
    'src/tabs/slot.ts',
    'isFailing = !attempt(text)',
    'isFailing = !(state.ended ? (area.removeItem(key), (last = null), true) : attempt(text))',
  ],
  [
    'the "write it again"',
    'src/tabs/shared-record.ts',
    'if (!isThere) wasThere',
    'if (!isThere && !known) wasThere',
  ],
]

const root = process.cwd()
const copy = mkdtempSync(join(tmpdir(), 'sabotage-'))
for (const name of ['src', 'tests', 'playground', 'vite.config.ts', 'package.json', 'tsconfig.json']) {
  cpSync(join(root, name), join(copy, name), { recursive: true })
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

/** After how many runs the simulation of one keeper fails; what it says then. */
function noticed(keeper: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'integration',
      'tests/integration/tabs/simulation.test.ts',
      '-t',
      'no schedule',
    ],
    {
      cwd: copy,
      encoding: 'utf8',
      env: {
        ...process.env,
        TABS_RUNS: SABOTAGE_RUNS,
        TABS_KEEPERS: keeper,
        TABS_SHRINK: 'no',
        NO_COLOR: '1',
      },
    },
  )
  const said = `${stdout}${stderr}`
  const [, runs] = /Property failed after (\d+) tests/.exec(said) ?? []
  const [, promise = 'for another reason'] = /Broken promise (.*)/.exec(said) ?? []
  if (runs) return `after ${runs}: ${promise}`
  return / passed/.test(said) ? `not in ${SABOTAGE_RUNS}` : `it does not run: ${said.slice(-500)}`
}

try {
  for (const [what, file, intact, broken] of SABOTAGES) {
    const path = join(copy, file)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(intact)) throw new Error(`${file} has changed: ${what} is to be looked for again.`)
    writeFileSync(path, text.replace(intact, broken))
    for (const keeper of SABOTAGE_KEEPERS.split(',')) {
      process.stdout.write(`Without ${what}, ${keeper}: noticed ${noticed(keeper)}\n`)
    }
    writeFileSync(path, text)
  }
} finally {
  rmSync(copy, { recursive: true })
}
