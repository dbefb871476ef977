/** Mutation tests, by `npm run mutation`; `npm run mutation -- --mutate src/session/refresh.ts` for a part of them. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tests/support/vitest.mutation.config.ts', related: false },
  mutate: ['src/**/*.ts'],
  coverageAnalysis: 'perTest',
  // What runs between two tests counts as static, and each such mutant would have to pass all tests. With this only the
  // constants of modules are left out.
  ignoreStatic: true,
  concurrency: 2,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  ignorePatterns: ['dist', 'reports', 'playground/.data'],
}
