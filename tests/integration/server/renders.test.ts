import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../../support/ssr/many-renders.ts')

// `npm run bench:renders` does it ten thousand times.
test(
  '2,000 rendered pages, each for its own visitor, leave nothing behind',
  { timeout: 180_000 },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', SCRIPT, '2000'], {
      env: { ...process.env, NODE_ENV: 'production' },
    })

    // An app that was kept takes more than 30 kB; what the collector has not got round to is a megabyte or two, in all.
    expect(Number(stdout)).toBeLessThan(3_000)
  },
)
