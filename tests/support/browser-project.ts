import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import type { Plugin } from 'vite'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import type { BrowserProviderOption } from 'vitest/node'
import { chromiumLaunch } from './chromium.ts'
import { playgroundCommands } from './playground-commands.ts'
import { playgroundPage } from './playground-page.ts'
import { strictApi, strictCommands } from './strict-api.ts'
import { tabCommands } from './tabs.ts'

/** Tests in a real Chromium, on the origin of a server that also answers the playground's `/api`. */
export function browserProject(): TestProjectInlineConfiguration {
  return {
    extends: true,
    plugins: [
      vue(),
      playgroundApi(),
      playgroundProvider(),
      playgroundBff(),
      playgroundPage(),
      strictApi(),
      pages(),
      mockWorker(),
    ],
    // Found while a tab is open, they would make the server reload every page.
    optimizeDeps: {
      include: [
        '@vue/devtools-kit',
        '@vue/test-utils',
        'axios',
        'jwt-decode',
        'msw',
        'msw/browser',
        'oauth4webapi',
        'pinia',
        'vue',
        'vue-router',
      ],
    },
    test: {
      name: 'browser',
      include: ['tests/browser/**/*.test.ts', 'tests/example-app/**/*.browser.test.ts'],
      setupFiles: ['tests/support/fail-on-console.ts'],
      testTimeout: 30_000,
      // One API serves them all: a file that counts refreshes must not meet another one's.
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        instances: [{ browser: 'chromium' }],
        provider: provider(),
        commands: { ...tabCommands, ...playgroundCommands, ...strictCommands },
      },
    },
  }
}

/** Looks for a browser when one is to be launched, not whenever the configuration is read. */
function provider(): BrowserProviderOption {
  const withChromium = () => playwright({ launchOptions: chromiumLaunch() })
  return {
    ...playwright(),
    prewarm: (context) => withChromium().prewarm?.(context),
    providerFactory: (project) => withChromium().providerFactory(project),
  }
}

async function playgroundApi(): Promise<Plugin> {
  const server = await import('../../playground/server/vite-plugin.ts')
  // Tokens die when a test says so, however slow the machine is.
  return server.playgroundApi({ database: ':memory:', debug: true, accessTtl: 300 })
}

async function playgroundBff(): Promise<Plugin> {
  const server = await import('../../playground/server/bff-plugin.ts')
  return server.playgroundBff()
}

/** Serves the service worker of MSW where `setupWorker` looks for it, as `npx msw init public` does. */
function mockWorker(): Plugin {
  return {
    name: 'mock-worker',
    configureServer({ config, middlewares }) {
      const script = join(config.root, 'node_modules/msw/lib/mockServiceWorker.js')
      middlewares.use('/mockServiceWorker.js', (_request, response, next) => {
        readFile(script)
          .then((code) => response.setHeader('Content-Type', 'text/javascript').end(code))
          .catch(next)
      })
    },
  }
}

async function playgroundProvider(): Promise<Plugin> {
  const server = await import('../../playground/server/provider-plugin.ts')
  return server.playgroundProvider()
}

/** Serves `tests/browser/pages/*.html` to `commands.openTab`: Vitest's own server has no page but the tester. */
function pages(): Plugin {
  return {
    name: 'pages',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?')
        if (!/^\/tests\/browser\/pages\/[\w-]+\.html$/.test(path)) return next()
        readFile(join(server.config.root, path), 'utf8')
          .then((html) => server.transformIndexHtml(path, html))
          .then((html) => response.setHeader('Content-Type', 'text/html').end(html))
          .catch(next)
      })
    },
  }
}
