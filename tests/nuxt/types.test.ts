import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'

const TSC = join(import.meta.dirname, '../../node_modules/vue-tsc/bin/vue-tsc.js')

/** What the compiler says of the app, as an editor would. */
const complaints = (folder: string) =>
  new Promise<string>((resolve) => {
    const project = join(folder, '.nuxt/tsconfig.app.json')
    const args = [TSC, '--noEmit', '--pretty', 'false', '-p', project]
    execFile(process.execPath, args, { cwd: folder }, (error, stdout) =>
      resolve(stdout || String(error ?? '')),
    )
  })

test('the app, its pages and its config files are typed', { timeout: 240_000 }, async () => {
  expect(await complaints(inject('nuxtApp'))).toBe('')
})
