import type { AuthStore } from '../../../src/index.ts'
import type { OAuth2Backend, OAuth2Error } from '../../../src/oauth2/index.ts'

/** A page with an application that signs in at a provider. */
export interface OAuth2Tab {
  readonly store: AuthStore
  readonly oauth: OAuth2Backend
  /** Why sessions have ended here. */
  readonly ends: string[]
  /** What became of the last callback that failed. */
  failure: Pick<OAuth2Error, 'code' | 'error' | 'description' | 'message'> | null
  /** Asks the API; says the status of its answer, or the code of the error. */
  get(path: string): Promise<string>
  getMany(count: number): Promise<string[]>
  /** Signs in again with what the last answer has asked for. */
  meetChallenge(): Promise<void>
  at(): string
  /** What comes of the attempt to read each key that is kept. */
  keys(): Promise<string[]>
}

declare global {
  interface Window {
    oauth2Settings: { issuer: string; dpop: boolean }
    oauth2: OAuth2Tab
  }
}
