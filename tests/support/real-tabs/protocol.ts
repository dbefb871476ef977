import type { AxiosInstance } from 'axios'
import type { Router } from 'vue-router'
import type { AuthStore } from '../../../src/index.ts'

/** What a page of the tests is told before it starts. */
export interface TabSettings {
  /** The base of the API: of the playground's, or of an OpenID provider. */
  api: string
  /** The client at an OpenID provider; none: the playground's own endpoints. */
  clientId?: string
  /** What is asked for where only a session may. */
  resource: string
  id?: string
  /** `'custom'`: an asynchronous one that all tabs share. */
  storage?: 'local' | 'session' | 'memory' | 'custom'
  /** Whether the server keeps the refresh token, or with `'session'` all tokens. */
  cookie?: boolean | 'session'
  /** Whether the user is loaded. */
  hasUser?: boolean
  refreshTimeout?: number
  /** Whether the browser tells the page nothing of what other tabs store. */
  isDeaf?: boolean
  /** Whether the router keeps out of the address bar, which an opaque origin may not change. */
  hasNoAddress?: boolean
}

/** One round: every tab asks for something at the same moment, with an access token that is dead. */
export interface Round {
  /** When, in ms since the epoch. */
  at: number
  /** Whether the tab can tell that its token is dead; else it hears so from the server. */
  isOverslept: boolean
  /** How many requests each tab sends at once: 1, unless given. */
  requests?: number
}

/** A tab, seen from outside, whatever drives its browser. */
export interface RemoteTab {
  /** Runs a function in the page, which sees nothing of the test but its argument. */
  run<Result>(work: () => Result): Promise<Awaited<Result>>
  run<Result, Input>(work: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  /** Waits until a function in the page gives something, and gives it. */
  until<Result>(look: () => Result): Promise<Awaited<Result>>
  until<Result, Input>(look: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  close(): Promise<void>
}

/** What a page can do in rounds, whatever keeps its session. */
export interface RoundTab {
  /** Begins a session, in every tab. */
  begin(reply: Record<string, unknown>): Promise<void>
  /** The access token this tab would send now. */
  accessToken(): string | null
  /** The refresh token that the storage shows to this tab. */
  refreshToken(): string | null
  /** Plays a round; says the status of the answers, or the code of the first error. */
  play(round: Round): Promise<string>
}

/** Something that happened in a tab. */
export interface TabEvent {
  /** In ms since the epoch. */
  at: number
  what: 'status' | 'route' | 'token' | 'end' | 'user' | 'answer'
  value: string | null
}

/** A page with an application that has the library installed. */
export interface Tab extends RoundTab {
  readonly store: AuthStore
  readonly http: AxiosInstance
  readonly router: Router
  readonly log: TabEvent[]
  /** Under what name the session is stored. */
  readonly storageKey: string
  /** Asks for something that takes a session; says the status of the answer, or the code of the error. */
  get(path?: string): Promise<string>
}

declare global {
  interface Window {
    settings: TabSettings
    tab: Tab
  }
}
