import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../../support/readme.ts'

const GUIDE = join(PROJECT, 'tests/example-app/guide')

const code = (file: string) =>
  readFileSync(join(GUIDE, file), 'utf8').replace(/^(\/\/ @vitest-environment.*\n)+\n/, '')

test('the code of the guide about testing are tests that run', () => {
  const page = readFileSync(join(PROJECT, 'playground/docs/testing.md'), 'utf8')
  const blocks = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, block]) => block)

  expect(blocks.length).toBeGreaterThan(0)
  expect(readdirSync(GUIDE).map(code).toSorted()).toEqual(blocks.toSorted())
})
