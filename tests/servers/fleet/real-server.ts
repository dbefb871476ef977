import type { Workshop } from '../machine.ts'

/** A server that is installed and started for the tests, as people run it, with tokens that live for seconds. */
export interface RealServer {
  /** What it is, for the table. */
  readonly name: string
  /** The setup that is tried against it: an export of `playground/setups/servers`. */
  readonly setupName: string
  readonly credentials: Record<string, string>
  readonly wrong: Record<string, string>
  /** Something that only a signed-in visitor gets, below the page's origin. */
  readonly items: string
  /** What a refresh looks like on the wire; none where there is nothing to refresh. */
  readonly refresh?: { method: string; path: string }
  /** For how long an access token lives, in ms. */
  readonly lifetime: number
  /** What the browser answers a proxy that asks for Basic authentication. */
  readonly basic?: { username: string; password: string }
  /** Installs what it takes, and starts it. */
  start(workshop: Workshop, pageOrigin: string): Promise<RunningServer>
}

/** A server at work. */
export interface RunningServer {
  /** The version that runs. */
  readonly version: string
  /** Where the page's requests go. */
  readonly origin: string
  /** What is cut off the beginning of their paths, as the proxy of an app would do. */
  readonly prefix?: string
  /** Ends every session at the server, behind the back of the app. */
  revoke(): Promise<unknown>
}

/** The visitor who is known everywhere. */
export const PASSWORD = 'correct horse'
