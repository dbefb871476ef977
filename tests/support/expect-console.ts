import { expect } from 'vitest'

type Method = 'warn' | 'error'

interface Expectation {
  method: Method
  pattern: string | RegExp
  times: number
}

interface Call {
  method: Method
  message: string
  stack: string
}

/** In development the first refresh that is refused is explained, whatever a test is about. */
const EXPLANATION = /^\[vue-auth-axios\] The refresh was refused: /

let expectations: Expectation[] = []
let calls: Call[] = []

/** Expects the current test to write such a message, `times` in all; it may be announced before or after the fact. */
export function expectConsole(method: Method, pattern: string | RegExp, times = 1): void {
  expectations.push({ method, pattern, times })
}

/** Takes a method's calls down instead of printing them; behind a spy, a call is the test's own business. */
export function watchConsole(method: Method): void {
  const watcher = (...args: unknown[]): void => {
    if (console[method] !== watcher) return
    calls.push({ method, message: args.map(text).join(' '), stack: new Error().stack ?? '' })
  }
  console[method] = watcher
}

/** Settles the account: throws unless every expectation was met and no call is left over. */
export function settleConsole(): void {
  const made = calls
  const expected = expectations
  calls = []
  expectations = []

  const unexpected = made.filter(
    (call) => !EXPLANATION.test(call.message) && !expected.some((expectation) => matches(call, expectation)),
  )
  if (unexpected[0]) {
    const lines = unexpected.map(({ method, message }) => `unexpected console.${method}: ${message}`)
    throw Object.assign(new Error(lines.join('\n')), { stack: unexpected[0].stack })
  }
  for (const expectation of expected) {
    const count = made.filter((call) => matches(call, expectation)).length
    const label = `calls of console.${expectation.method} with ${String(expectation.pattern)}`
    expect(count, label).toBe(expectation.times)
  }
}

function text(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return String(value)
  }
}

function matches({ method, message }: Call, expectation: Expectation): boolean {
  if (method !== expectation.method) return false
  const { pattern } = expectation
  return typeof pattern === 'string' ? message.includes(pattern) : message.search(pattern) >= 0
}
