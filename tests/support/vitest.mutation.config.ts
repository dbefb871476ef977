import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { type TestSpecification, BaseSequencer } from 'vitest/node'

/** The quickest first: the first test that fails ends the run of a mutant. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => Number(moduleId.includes('/integration/'))
    return files.toSorted((one, other) => rank(one) - rank(other))
  }
}

/** What mutants of the session's heart have to get past: all tests that are quick and need no browser. */
export default defineConfig({
  resolve: {
    alias: ['/oauth2', '/server', '/testing', ''].map((entry) => ({
      find: `vue-auth-axios${entry}`,
      replacement: fileURLToPath(new URL(`../../src${entry}/index.ts`, import.meta.url)),
    })),
  },
  test: {
    include: [
      'tests/unit/**/*.test.ts',
      'tests/integration/{faults,hidden,oauth2,requests,routes,ssr,tabs,testing}/*.test.ts',
      'tests/integration/{cookie-session,remember}.test.ts',
    ],
    exclude: [
      'tests/unit/{bench,support}/**',
      // Seconds of real waiting, for what the unit tests see in fake time.
      'tests/integration/requests/refresh-attempts.test.ts',
      'tests/integration/faults/{refresh-failures,security,storage}.test.ts',
      'tests/integration/tabs/{leaks,simulation}.test.ts',
      // Servers that render load the library by themselves, not as it was changed.
      'tests/integration/ssr/{cookies,isolation,process}.test.ts',
      // Runs the code of a guide from the folder it is in, beside what is changed.
      'tests/integration/testing/guide.test.ts',
      // Counts the timers of the process, which all files share here.
      'tests/integration/requests/leaves-nothing.test.ts',
    ],
    setupFiles: ['tests/support/fail-on-console.ts', 'tests/support/web-locks.ts'],
    isolate: false,
    testTimeout: 30_000,
    sequence: { sequencer: QuickestFirst },
  },
})
