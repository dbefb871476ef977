/** A tab, as the browser's driver sees it. */
export interface EngineTab {
  close(): Promise<void>
}

/** One visitor's profile: all its tabs share their storages, cookies and locks. */
export interface EngineProfile {
  /** Opens a tab of its own, beside those that are open. */
  open(url: string): Promise<EngineTab>
  /** Closes all that belongs to it. */
  close(): Promise<void>
}

/** A browser that runs; whatever its pages do, they are told to by `Steering`. */
export interface RunningEngine {
  /** Its name and version, as it gives them. */
  readonly version: string
  createProfile(): Promise<EngineProfile>
  close(): Promise<void>
}

/** A kind of browser that the tests know how to start. */
export interface Engine {
  readonly name: string
  /** What one has to install to have it. */
  readonly packages: string
  /** Whether this machine has it. */
  isInstalled(): boolean
  launch(): Promise<RunningEngine>
}
