import type { RequestListener } from 'node:http'
import type { Checkpoint } from './checkpoint.ts'
import type { TabSettings } from './protocol.ts'

/** A real server with rotating refresh tokens and reuse detection, and what it knows of its sessions. */
export interface Referee {
  readonly name: string
  /** What its pages have to know. */
  readonly settings: TabSettings
  /** Serves the API on the pages' own origin; missing where it has one of its own. */
  readonly listen?: RequestListener
  readonly checkpoint: Checkpoint
  /** How many refreshes have come, whatever became of them. */
  readonly refreshes: number
  /** How many refresh tokens have come again. */
  readonly reuses: number
  /** Lets every access token die. */
  expire(): Promise<void>
  /** Begins a session, and gives its tokens as the server would send them. */
  grant(): Promise<Record<string, unknown>>
  /** Whether the server takes a refresh token, which spends it. */
  takes(refreshToken: string | null): Promise<boolean>
  close(): Promise<void>
}
