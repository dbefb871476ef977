import { fileURLToPath } from 'node:url'
import { type Rolldown, build } from 'vite'
import { describe, expect, it } from 'vitest'

/** A piece of every text that is meant for development alone. */
const TEXTS = [
  'with an Authorization header of its own was answered 401',
  'answered 401 to a request without a token',
  'The refresh was refused',
  'Where the server wants the token under another name',
  'It wants to know the client',
  'and so waits for itself until the',
  'that sends through the registered instance waits for itself',
  'which this router does not know: nobody guards it',
  'In a test, app.use(',
  '__VUE_DEVTOOLS_GLOBAL_HOOK__',
  'devtools-plugin:setup',
  'Expire the access token',
]

/** An application that takes everything the main entry has. */
const APPLICATION = `
import * as everything from ${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))}
globalThis.everything = everything
`

async function bundle(mode: 'production' | 'development'): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === 'virtual:application' ? `\0${id}` : undefined),
        load: (id) => (id === '\0virtual:application' ? APPLICATION : undefined),
      },
    ],
    build: {
      write: false,
      minify: mode === 'production',
      rolldownOptions: {
        input: 'virtual:application',
        external: ['axios', 'pinia', 'vue', 'vue-router', 'vite/modulepreload-polyfill'],
      },
    },
  })
  const { output } = built as Rolldown.RolldownOutput
  return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n')
}

describe('what is said in development alone', () => {
  it('is all in a bundle for development', async () => {
    const code = await bundle('development')

    expect(TEXTS.filter((text) => !code.includes(text))).toEqual([])
  })

  it('is not in one for production, in part or in whole', async () => {
    const code = await bundle('production')

    expect(code).toContain('/auth/refresh')
    expect(TEXTS.filter((text) => code.includes(text))).toEqual([])
    // Nor is what makes them.
    expect(code).not.toMatch(/refreshField: ?\\?"refresh/)
    expect(code).not.toContain('NODE_ENV')
  })
})
