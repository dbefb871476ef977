import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../../support/ssr/render-and-end.ts')

/** What a process found that imported, installed, rendered and then had nothing more to do. */
interface Report {
  html: string
  sent: string[]
  touched: string[]
  globals: string[]
  timersLeft: number
  timersStarted: number
}

/** Runs the process until it ends by itself; it is not given as long as one of the library's timers would take. */
async function renderInProcess(args: string[], flags: string[] = []): Promise<Report> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, SCRIPT, ...args], {
    timeout: 9_000,
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Report
}

describe('54. in a process without a page', () => {
  test('a page is rendered for a stranger, and the process ends by itself, with nothing touched', async () => {
    const { html, sent, ...rest } = await renderInProcess(['stranger'])

    expect(html).toContain('Hello stranger')
    expect(sent).toEqual(['/orders without a token'])
    expect(rest).toMatchObject({ touched: [], globals: [], timersLeft: 0, timersStarted: 0 })
  })

  test('a page is rendered for somebody with a session in a storage of the application, and nothing is left', async () => {
    const { html, sent, ...rest } = await renderInProcess(['kept'])

    expect(html).toContain('Hello 1')
    expect(sent).toContain('/orders Bearer AT-1-1')
    expect(rest).toMatchObject({ touched: [], globals: [], timersLeft: 0 })
  })

  test('a localStorage that the process itself offers is not taken for that of a visitor', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ssr-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'local-storage')

    const { touched } = await renderInProcess(
      ['stranger'],
      ['--no-warnings', '--experimental-webstorage', `--localstorage-file=${file}`],
    )

    expect(touched).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })
})
