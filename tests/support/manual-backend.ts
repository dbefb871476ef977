import type { AuthBackend, AuthTokens, BackendContext, TokenReply } from '../../src/index.ts'

/** A question to the backend that waits for the test to answer it. */
export interface Question<Input, Reply> {
  readonly input: Input
  readonly context: BackendContext
  answer(reply: Reply): void
  fail(error: unknown): void
}

/** A backend that answers what a test says, when the test says it. */
export interface ManualBackend {
  readonly backend: AuthBackend
  readonly logins: Question<unknown, TokenReply>[]
  readonly refreshes: Question<AuthTokens | null, TokenReply | null>[]
  readonly logouts: Question<AuthTokens | null, unknown>[]
}

/** Makes a backend that answers by hand; `more` takes the place of its members. */
export function manualBackend(more: Partial<AuthBackend> = {}): ManualBackend {
  const logins: ManualBackend['logins'] = []
  const refreshes: ManualBackend['refreshes'] = []
  const logouts: ManualBackend['logouts'] = []
  const backend: AuthBackend = {
    login: (credentials: unknown, context) => ask(logins, credentials, context),
    refresh: (tokens, context) => ask(refreshes, tokens, context),
    logout: (tokens, context) => ask(logouts, tokens, context),
    ...more,
  }
  return { backend, logins, refreshes, logouts }
}

function ask<Input, Reply>(
  questions: Question<Input, Reply>[],
  input: Input,
  context: BackendContext,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    questions.push({ input, context, answer: resolve, fail: reject })
  })
}
