import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/nuxt/*.test.ts'],
    globalSetup: ['tests/nuxt/build-app.ts'],
    // One browser and one server at a time.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
