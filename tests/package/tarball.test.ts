import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'

const tarball = inject('tarball')

describe('the tarball', () => {
  it('holds the build and the papers, nothing else', () => {
    const others = inject('packed').filter((path) => !/^dist\/.+\.(js|d\.ts)$/.test(path))

    expect(others.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  })

  it('holds declarations beside every module', () => {
    const modules = inject('packed').filter((path) => path.endsWith('.js'))

    expect(inject('packed')).toEqual(
      expect.arrayContaining(modules.map((path) => path.replace(/js$/, 'd.ts'))),
    )
  })

  it('satisfies publint', async () => {
    const bytes = await readFile(tarball)
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })

    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  it('has the types that TypeScript looks for (attw)', () => {
    const { status, stdout } = spawnSync('attw', [tarball, '--profile', 'esm-only'], { encoding: 'utf8' })

    expect(status, stdout).toBe(0)
  })
})
