import type { App } from 'vue'

/** How the library speaks of what has no caller to tell. */
export interface Reporter {
  /** Passes an error to the application's `errorHandler`, else to the console. */
  report(error: unknown): void
  /** Says something that the developer should mend. */
  warn(message: string): void
  /** Says something that the developer should mend, once for each topic. */
  warnOnce(topic: string, message: string): void
}

/** Makes the reporter of an application. */
export function createReporter(app: App): Reporter {
  const told = new Set<string>()
  const warn = (message: string) => console.warn(`[vue-auth-axios] ${message}`)
  return {
    report(error) {
      const { errorHandler } = app.config
      if (!errorHandler) return print(error)
      try {
        errorHandler(error, null, 'vue-auth-axios')
      } catch (thrown) {
        print(thrown) // handlers that throw again are common, and must not cost a request
      }
    },
    warn,
    warnOnce(topic, message) {
      if (!told.has(topic)) warn(message)
      told.add(topic)
    },
  }
}

/** Text alone: the properties of an HTTP client's error lead to tokens. */
function print(error: unknown): void {
  console.error(`[vue-auth-axios] ${textOf(error)}`)
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } catch {
    return 'Something was thrown that cannot be told.' // a getter that throws, an object without a prototype
  }
}
