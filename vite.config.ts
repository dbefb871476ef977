import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { browserProject } from './tests/support/browser-project.ts'

/** The entry points of the package. */
const entries: Record<string, string> = Object.fromEntries(
  ['index', 'oauth2/index', 'server/index', 'testing/index', 'nuxt/index'].map((name) => [
    name,
    `src/${name}.ts`,
  ]),
)

/** What Nuxt compiles as a part of the app: nothing imports it by name. */
const nuxtRuntime: Record<string, string> = Object.fromEntries(
  ['plugin.client', 'plugin.server', 'nothing', 'server/refresh', 'server/share', 'server/shell']
    .map((name) => `nuxt/runtime/${name}`)
    .map((name) => [name, `src/${name}.ts`]),
)

/** Tests that need a process of their own: they count what it holds, put something on prototypes, load the library anew. */
const ALONE = [
  'tests/integration/{bench,server,ssr}/**',
  'tests/integration/{requests/leaves-nothing,tabs/leaks,testing/*,neighbours/*}.test.ts',
  'tests/example-app/**',
]

/** Setup and time limit of tests in Node: the browsers run beside them, and a machine may have other things to do. */
const inNode = {
  setupFiles: ['tests/support/fail-on-console.ts', 'tests/support/web-locks.ts'],
  testTimeout: 20_000,
}

/** One file, three jobs: the library build, the playground (`--mode playground`) and the tests. */
export default defineConfig(({ mode }) => {
  const alias = Object.entries(entries).map(([name, file]) => ({
    find: name === 'index' ? 'vue-auth-axios' : `vue-auth-axios/${name.replace('/index', '')}`,
    replacement: fileURLToPath(new URL(file, import.meta.url)),
  }))
  // The longer names first: an alias also stands for what begins with it.
  const resolve = { alias: alias.toReversed() }
  if (mode === 'playground') {
    return {
      root: 'playground',
      resolve,
      plugins: [vue(), playgroundApi(), playgroundProvider(), playgroundBff()],
    }
  }
  return {
    resolve,
    build: {
      // The browsers that vue, pinia, vue-router and axios run in: Chrome and Edge 80, Firefox 80, Safari 14.
      target: 'es2020',
      minify: false,
      lib: { entry: { ...entries, ...nuxtRuntime }, formats: ['es'] },
      rolldownOptions: {
        external: /^[^./]/,
        output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
      },
    },
    test: {
      projects: [
        {
          extends: true,
          test: {
            name: 'unit',
            include: ['tests/unit/**/*.test.ts'],
            ...inNode,
            isolate: false,
          },
        },
        {
          extends: true,
          plugins: [vue()],
          test: {
            name: 'integration',
            include: ['tests/integration/**/*.test.ts'],
            exclude: ALONE,
            ...inNode,
            isolate: false,
          },
        },
        {
          extends: true,
          plugins: [vue()],
          test: {
            name: 'alone',
            include: ALONE.map((files) => (files.endsWith('**') ? `${files}/*.test.ts` : files)),
            exclude: ['tests/example-app/**/*.browser.test.ts'],
            ...inNode,
          },
        },
        browserProject(),
        {
          test: {
            name: 'tabs',
            include: ['tests/tabs/**/*.test.ts'],
            globalSetup: ['tests/support/real-tabs/name-missing-engines.ts'],
            setupFiles: ['tests/support/fail-on-console.ts'],
            // One browser at a time: what is measured here is how tabs get along, not how machines do.
            fileParallelism: false,
            testTimeout: 30_000,
            hookTimeout: 60_000,
          },
        },
        {
          extends: true,
          test: {
            name: 'types',
            include: [],
            typecheck: {
              enabled: true,
              only: true,
              checker: 'vue-tsc',
              include: ['tests/types/**/*.test-d.ts'],
            },
          },
        },
        {
          test: {
            name: 'docs',
            include: ['tests/docs/**/*.test.ts'],
            testTimeout: 60_000,
          },
        },
        {
          test: {
            name: 'package',
            include: ['tests/package/**/*.test.ts'],
            globalSetup: ['tests/package/pack.ts'],
            testTimeout: 120_000,
            hookTimeout: 120_000,
          },
        },
      ],
    },
  }
})

async function playgroundApi() {
  const server = await import('./playground/server/vite-plugin.ts')
  return server.playgroundApi()
}

async function playgroundProvider() {
  const server = await import('./playground/server/provider-plugin.ts')
  return server.playgroundProvider()
}

async function playgroundBff() {
  const server = await import('./playground/server/bff-plugin.ts')
  return server.playgroundBff()
}
