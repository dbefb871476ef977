import { AxiosError, type AxiosResponse } from 'axios'
import type { AuthBackend, AuthUser } from '../types.ts'
import { testingTokens } from './tokens.ts'

/** A backend, and what a test may want of it. */
export interface TestingBackend {
  readonly backend: AuthBackend
  /** Lets the next refresh be refused. */
  refuseRefresh(): void
  /** Whether a failure is the refusal that was asked for. */
  isRefusal(error: unknown): boolean
  /** Starts again: nothing is to be refused, and nobody has signed in. */
  reset(): void
}

type Method = (...args: unknown[]) => unknown

/** What a server answers that does not take a refresh token (RFC 6749 section 5.2). */
const refusal = () =>
  new AxiosError('Refused by refuseRefresh().', 'ERR_BAD_REQUEST', undefined, undefined, {
    status: 400,
    data: { error: 'invalid_grant' },
  } as AxiosResponse)

/** A backend without a server: whatever the credentials, they are the user's. */
function createServerless(user: AuthUser | undefined): AuthBackend {
  let turn = 1
  const next = () => testingTokens(++turn)
  return { login: next, refresh: next, user: () => user ?? (null as unknown as AuthUser) }
}

/**
 * Makes the backend of a test: the application's own, or one without a server. No cookie resumes a session, and the user
 * who was asked for stays until somebody signs in.
 */
export function createTestingBackend(
  given: AuthBackend | undefined,
  user: AuthUser | undefined,
): TestingBackend {
  const refused = refusal()
  let own = given ?? createServerless(user)
  let isRefusing = false
  let hasSignedIn = false

  const changed: Partial<Record<PropertyKey, (method: Method | undefined) => unknown>> = {
    resumable: () => false,
    user: (load) => (user === undefined || hasSignedIn ? load : async () => user),
    login: (login) =>
      login &&
      (async (...args: unknown[]) => {
        const reply = await login(...args)
        hasSignedIn = true
        return reply
      }),
    refresh: (refresh) =>
      refresh &&
      ((...args: unknown[]) => {
        if (!isRefusing) return refresh(...args)
        isRefusing = false
        throw refused
      }),
  }

  return {
    // Not a copy: a backend may be an instance of a class, with private members.
    backend: new Proxy({} as AuthBackend, {
      get(_target, name) {
        const member: unknown = Reflect.get(own, name)
        const method = typeof member === 'function' ? (member.bind(own) as Method) : undefined
        return changed[name]?.(method) ?? method ?? member
      },
    }),
    refuseRefresh() {
      isRefusing = true
    },
    isRefusal: (error) => error === refused,
    reset() {
      own = given ?? createServerless(user)
      isRefusing = false
      hasSignedIn = false
    },
  }
}
