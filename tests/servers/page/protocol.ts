/** What the page of an app can be told to do. Every word is `ok`, the status of an answer, or the code of an error. */
export interface Visit {
  login(credentials: Record<string, string>): Promise<string>
  logout(): Promise<string>
  refresh(): Promise<string>
  /** Asks for something, so many times at once. */
  get(url: string, times: number): Promise<string[]>
  state(): Promise<{ status: string; hasUser: boolean; ends: string[] }>
}

declare global {
  var visit: Visit
}
