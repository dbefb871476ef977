import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/nuxt/*.test.ts'],
    globalSetup: ['tests/nuxt/build-app.ts'],
    // Each file has a server and a browser of its own, which wait for each other most of the time.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
