import { afterAll, afterEach, beforeEach } from 'vitest'
import { settleConsole, watchConsole } from './expect-console.ts'

// A setup file: no console.warn or console.error (Vue's warnings among them) passes unseen. A test that neither
// announced the call with `expectConsole` nor mocked the method itself fails, and so does a file that writes outside
// of its tests.
watchConsole('warn')
watchConsole('error')
beforeEach(settleConsole)
afterEach(settleConsole)
afterAll(settleConsole)
