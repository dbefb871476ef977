/** A session of a browser that is driven over plain HTTP. @see https://www.w3.org/TR/webdriver2/ */
export class WebDriver {
  readonly capabilities: Record<string, unknown>
  readonly #address: string

  private constructor(address: string, capabilities: Record<string, unknown>) {
    this.#address = address
    this.capabilities = capabilities
  }

  static async begin(origin: string, alwaysMatch: Record<string, unknown>): Promise<WebDriver> {
    const sessions = `${origin}/session`
    const { sessionId, capabilities } = await send(sessions, 'POST', { capabilities: { alwaysMatch } })
    return new WebDriver(`${sessions}/${sessionId}`, capabilities)
  }

  post = <Result>(command: string, body: object): Promise<Result> =>
    send(`${this.#address}/${command}`, 'POST', body)

  get = <Result>(command: string): Promise<Result> => send(`${this.#address}/${command}`, 'GET')

  /** Closes the window that commands go to. */
  closeWindow = (): Promise<void> => send(`${this.#address}/window`, 'DELETE')

  /** Ends the session, and the browser with it. */
  end = (): Promise<void> => send(this.#address, 'DELETE')
}

// oxlint-disable-next-line typescript/no-explicit-any -- what it gives is up to the command
async function send(address: string, method: string, body?: object): Promise<any> {
  const response = await fetch(address, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null }
  if (!response.ok) throw new Error(`${method} ${address}: ${value?.error}: ${value?.message}`)
  return value
}
