import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { missingPrograms } from './missing-programs.ts'

interface Stage {
  name: string
  command: string[]
  /** Vitest counts its own tests; any other stage is one test. */
  vitest?: boolean
}

interface Count {
  passed: number
  failed: number
  skipped: number
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

const MINUTE = 60_000

const NOTHING: Count = { passed: 0, failed: 0, skipped: 0 }

/** Stages of a lane run one after another, the lanes beside each other: browsers spend most of their time waiting. */
const LANES: Stage[][] = [
  [vitest('browser'), vitest('tabs')],
  [
    { name: 'format', command: ['oxfmt', '--check'] },
    { name: 'lint', command: ['oxlint'] },
    { name: 'types', command: ['vue-tsc', '--noEmit'] },
    { name: 'types: playground', command: ['vue-tsc', '--noEmit', '-p', 'playground'] },
    vitest('unit'),
    vitest('integration'),
    vitest('alone'),
    vitest('types'),
    { name: 'build', command: ['npm', 'run', 'build'] },
    vitest('package'),
    { name: 'docs', command: ['npm', 'run', 'docs'] },
    vitest('docs'),
    { name: 'size', command: ['size-limit'] },
  ],
]

const reports = mkdtempSync(join(tmpdir(), 'vue-auth-axios-'))

function vitest(project: string): Stage {
  return { name: `tests: ${project}`, command: ['vitest', 'run', '--project', project], vitest: true }
}

async function run({ name, command, vitest: counts }: Stage): Promise<Count> {
  const file = join(reports, name.replace(/\W+/g, '-'))
  const report = `${file}.json`
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const began = performance.now()
  const succeeded = await execute([...command, ...(counts ? reporters : [])], `${file}.log`)
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(
    styleText('bold', `\n> ${name} (${seconds} s)\n`) + readFileSync(`${file}.log`, 'utf8'),
  )
  const count = counts ? read(report) : { ...NOTHING, passed: Number(succeeded) }
  // A file that does not load and an unhandled rejection fail a run without failing a test.
  if (!succeeded && count.failed === 0) count.failed = 1
  return count
}

/** Runs a command; what it prints goes to a file, so that two of them do not mix. */
async function execute([file = '', ...args]: string[], log: string): Promise<boolean> {
  const output = openSync(log, 'w')
  const child = spawn(file, args, {
    // Vitest says once a run that it has type tests; here that would be once a stage.
    env: {
      ...process.env,
      VITEST_DISABLE_EXPERIMENTAL_LOG: '1',
      ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
    },
    stdio: ['ignore', output, output],
    shell: process.platform === 'win32',
    timeout: 20 * MINUTE,
  })
  try {
    const [code] = await once(child, 'exit')
    return code === 0
  } catch {
    return false
  } finally {
    closeSync(output)
  }
}

function read(report: string): Count {
  if (!existsSync(report)) return { ...NOTHING }
  const counted = JSON.parse(readFileSync(report, 'utf8')) as Report
  return {
    passed: counted.numPassedTests,
    failed: counted.numFailedTests,
    skipped: counted.numPendingTests + counted.numTodoTests,
  }
}

const missing = missingPrograms()
if (missing.length > 0) {
  const lines = missing.map((program) => `  ${program}\n`).join('')
  process.stdout.write(
    styleText('yellow', `not on this machine, so the tests that need it are skipped:\n${lines}`),
  )
}

const total: Count = { ...NOTHING }
const broken: string[] = []

/** Runs every stage of a lane, whatever became of the one before: a run tells everything that is wrong. */
async function runLane(stages: Stage[]): Promise<void> {
  for (const stage of stages) {
    const { passed, failed, skipped } = await run(stage)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
    if (failed > 0) broken.push(stage.name)
  }
}

await Promise.all(LANES.map(runLane))
rmSync(reports, { recursive: true, force: true })

if (broken.length > 0) process.stdout.write(styleText('red', `\nfailed: ${broken.join(', ')}\n`))
const skips = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skips}\n`)
process.exitCode = total.failed > 0 ? 1 : 0
