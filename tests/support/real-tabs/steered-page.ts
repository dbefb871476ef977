/** What a steered page is told to do. */
export interface Order {
  id: number
  /** The source of a function to run, with what it gets. */
  work?: string
  input?: unknown
  /** The page to leave for; `null` for the one before. */
  leaveFor?: string | null
}

/** What a steered page answers: what the function gave, or what it threw. */
export interface Report {
  id: number
  value?: unknown
  error?: string
}

/** How a page has come to be there. */
export interface Arrival {
  path: string
  /** Whether it was in the back/forward cache. */
  isKept: boolean
}

/**
 * Lets a page take orders by Server-Sent Events, which reach a hidden tab as fast as any other, and in all engines.
 * Runs in the page, before anything else does; there is nothing but its arguments. The stream ends with each leave: a
 * page that still loads something stays out of some back/forward caches.
 */
export function steer(origin: string): void {
  const query = new URLSearchParams(location.search)
  // The name stays with the tab on its way from page to page.
  window.name = query.get('tab') ?? window.name
  const say = (what: string, body: unknown) =>
    fetch(`${origin}/${what}/${window.name}`, { method: 'POST', body: JSON.stringify(body) })

  const complain = (...words: unknown[]) => void say('complain', words.map(String).join(' '))
  Object.assign(console, { warn: complain, error: complain })
  addEventListener('error', ({ message }) => complain(message))
  addEventListener('unhandledrejection', ({ reason }) => complain(reason))

  let source: EventSource

  async function follow({ id, work, input, leaveFor }: Order): Promise<void> {
    if (leaveFor !== undefined) {
      source.close()
      await (await say('report', { id })).text()
      return leaveFor === null ? history.back() : location.assign(leaveFor)
    }
    try {
      // oxlint-disable-next-line no-eval -- a function of the test, and no other way into all engines
      const value: unknown = await (0, eval)(`(${work})`)(input)
      await say('report', { id, value })
    } catch (error) {
      await say('report', { id, error: String(error) })
    }
  }

  function listen(isKept: boolean): void {
    const arrival = new URLSearchParams({ path: location.pathname, ...(isKept && { kept: '1' }) })
    source = new EventSource(`${origin}/orders/${window.name}?${arrival}`)
    source.addEventListener('message', ({ data }) => void follow(JSON.parse(data as string)))
  }

  addEventListener('pageshow', ({ persisted }) => persisted && listen(true))
  listen(false)
}
