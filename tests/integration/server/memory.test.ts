import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../../support/cluster/many-refreshes.ts')

test('10,000 refreshes for as many visitors leave nothing behind', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', SCRIPT, '10000'])

  // A result that was kept takes a kilobyte.
  expect(Number(stdout)).toBeLessThan(60)
})
