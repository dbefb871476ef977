import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writtenPages } from '../../playground/docs/.vitepress/written/write.ts'
import { PROJECT } from './pages.ts'

test.each([...writtenPages()])('%s is what `npm run docs:write` writes', (path, text) => {
  const committed = readFileSync(join(PROJECT, 'playground/docs', path), 'utf8')

  expect(
    committed,
    'What the page is written from has changed. See what, then run `npm run docs:write`.',
  ).toBe(text)
})
