import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROJECT, allPages } from './pages.ts'

const pages = allPages()
const anchors = new Map(pages.map((page) => [page.path, page.anchors]))

test('there are pages', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['README.md', 'playground/docs/errors.md', 'playground/docs/api/index.md']),
  )
})

describe.each(pages)('$path', ({ links, text }) => {
  test('leads to what there is, anchors included', () => {
    const inside = links.filter((link) => !/^[a-z]+:/.test(link))

    const dead = inside.filter((link) => {
      const [file = '', anchor] = link.split('#')
      if (!existsSync(join(PROJECT, file))) return true
      return anchor !== undefined && anchors.has(file) && !anchors.get(file)!.includes(anchor)
    })

    expect(dead).toEqual([])
  })

  test('speaks to you, and of nobody as he or she', () => {
    const prose = text.replaceAll(/^```.*?^```$/gms, '')

    expect(prose.match(/\b(he|she|his|him|hers?|himself|for ever)\b/gi)).toBeNull()
  })
})

test('the README leads to nothing that is not there on npm', () => {
  const { text } = pages.find(({ path }) => path === 'README.md')!

  expect([...text.matchAll(/\]\((?!https:\/\/)([^)]+)\)/g)].map(([, target]) => target)).toEqual([])
})
