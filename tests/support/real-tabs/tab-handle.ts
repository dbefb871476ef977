import type { CDPSession, Page } from 'playwright'
import type { RemoteTab, TabEvent } from './protocol.ts'

/** How long a tab is waited for, and how often it is asked, in ms; a hidden one draws no frames to wait for. */
const PATIENCE = { timeout: 10_000, polling: 5 }

/** A tab, seen from outside. */
export class TabHandle implements RemoteTab {
  readonly page: Page
  readonly #session: CDPSession

  constructor(page: Page, session: CDPSession) {
    this.page = page
    this.#session = session
  }

  /** Runs a function in the page, which sees nothing of the test but its argument. */
  run<Result>(work: () => Result): Promise<Awaited<Result>>
  run<Result, Input>(work: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  run<Result, Input>(work: (input: Input) => Result, input?: Input): Promise<Awaited<Result>> {
    return this.page.evaluate(work as never, input) as Promise<Awaited<Result>>
  }

  /** Waits until a function in the page gives something, and gives it. */
  until<Result>(look: () => Result): Promise<Awaited<Result>>
  until<Result, Input>(look: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  async until<Result, Input>(look: (input: Input) => Result, input?: Input): Promise<Awaited<Result>> {
    const found = await this.page.waitForFunction(look as never, input, PATIENCE)
    return (await found.jsonValue()) as Awaited<Result>
  }

  /** The last event of a kind in the page, once it is this one. */
  async last(what: TabEvent['what'], value: string): Promise<TabEvent> {
    const find = (wanted: { what: string; value: string }) => {
      const event = window.tab.log.findLast(({ what: kind }) => kind === wanted.what)
      return event?.value === wanted.value ? event : null
    }
    try {
      return (await this.until(find, { what, value }))!
    } catch (error) {
      const log = await this.run(() => window.tab.log.map((event) => `${event.what} ${event.value}`))
      throw new Error(`The ${what} never became ${value}, but: ${log.join(', ')}.`, { cause: error })
    }
  }

  /** Which of the tokens that a server has given out are in the storages of the page. */
  storedTokens = (given: Iterable<string>): Promise<string[]> =>
    this.run(
      (tokens) => {
        const stored = [localStorage, sessionStorage].flatMap((area) => Object.values({ ...area })).join()
        return tokens.filter((token) => stored.includes(token))
      },
      [...given],
    )

  get = (path?: string): Promise<string> => this.run((at) => window.tab.get(at), path)

  close(): Promise<void> {
    return this.page.close()
  }

  /** Lets the tab's process die, whatever it is doing. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    // There is nobody left to answer.
    this.#session.send('Page.crash').catch(() => {})
    await crashed
  }

  /**
   * Hides a tab of a sleepy profile and puts it to sleep, as browsers do with tabs that nobody has looked at for a
   * while; resolves once nothing runs in it.
   */
  async freeze(): Promise<void> {
    await this.#session.send('Page.setWebLifecycleState', { state: 'frozen' })
  }

  async thaw(): Promise<void> {
    await this.#session.send('Page.setWebLifecycleState', { state: 'active' })
  }

  /** Looks at a tab of a sleepy profile, so that it is hidden no more. */
  async lookAt(): Promise<void> {
    await this.#session.send('Emulation.setFocusEmulationEnabled', { enabled: true })
  }
}
