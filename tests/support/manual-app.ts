import { onTestFinished } from 'vitest'
import type { App } from 'vue'
import type { AuthAxiosOptions, AuthBackend, SessionEndReason, TokenReply } from '../../src/index.ts'
import { type Harness, install } from './app.ts'
import { type ManualBackend, manualBackend } from './manual-backend.ts'
import { MemoryStorage } from './memory-storage.ts'

/** An application whose backend and storage are in the test's hands, and that tells what the library told it. */
export interface ManualApp extends Harness, ManualBackend {
  storage: MemoryStorage
  /** What reached the application's `errorHandler`. */
  errors: unknown[]
  /** What `onSessionEnd` was called with. */
  ends: SessionEndReason[]
  /** The refresh token in the storage. */
  stored(): string | undefined
}

/** What differs from an application with every default. */
export interface ManualAppOptions extends Omit<AuthAxiosOptions, 'storage' | 'backend'> {
  storage?: MemoryStorage
  backend?: Partial<AuthBackend>
}

/** Installs the library in an application of the current test. */
export function manualApp(
  { storage = new MemoryStorage(), backend = {}, ...options }: ManualAppOptions = {},
  prepare: (app: App<object>) => void = () => {},
): ManualApp {
  const errors: unknown[] = []
  const ends: SessionEndReason[] = []
  const manual = manualBackend(backend)
  const harness = install(
    { onSessionEnd: (reason) => void ends.push(reason), ...options, storage, backend: manual.backend },
    (app) => {
      app.config.errorHandler = (error) => void errors.push(error)
      prepare(app)
    },
  )
  onTestFinished(() => harness.app.unmount())
  return {
    ...harness,
    ...manual,
    storage,
    errors,
    ends,
    stored: () => storedRefreshToken(storage, options.id),
  }
}

/** The first pair of tokens, as a server sends it. */
export const firstPair = { access_token: 'AT1', refresh_token: 'RT1' }

/** The second pair of tokens, as a server sends it. */
export const nextPair = { access_token: 'AT2', refresh_token: 'RT2' }

/** Installs the library and begins a session. */
export async function signedInApp(
  options: ManualAppOptions = {},
  tokens: TokenReply = firstPair,
  prepare?: (app: App<object>) => void,
): Promise<ManualApp> {
  const harness = manualApp(options, prepare)
  await harness.store.ready()
  await harness.store.setTokens(tokens)
  return harness
}

function storedRefreshToken({ entries }: MemoryStorage, id = 'vue-auth-axios:authAxios'): string | undefined {
  const text = entries.get(id)
  return text === undefined ? undefined : JSON.parse(text).tokens.refreshToken
}
