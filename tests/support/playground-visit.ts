import { expect, onTestFinished } from 'vitest'
import { commands } from 'vitest/browser'
import type { RefreshFault } from '../../playground/server/faults.ts'
import type { Stats } from '../../playground/server/stats.ts'
import type { Act, Chronicle, Look, Part, Sent, VisitId } from './playground-commands.ts'

const DEBUG = '/api/debug'

/** In ms: a browser, its page, its tests and the server may share a slow machine. */
export const PATIENCE = { timeout: 10_000 }

/** Lets the next refreshes meet these faults, one each. */
export async function planFaults(refresh: RefreshFault[]): Promise<void> {
  await fetch(`${DEBUG}/fail`, { method: 'POST', body: JSON.stringify({ refresh }) })
}

const stats = async (): Promise<Stats> => (await fetch(`${DEBUG}/stats`)).json()

/** What the server has counted while something was done. */
export async function counted(work: () => Promise<unknown>): Promise<Stats> {
  const before = await stats()
  await work()
  const after = await stats()
  return {
    logins: after.logins - before.logins,
    refreshes: after.refreshes - before.refreshes,
    reuses: after.reuses - before.reuses,
    unauthorized: after.unauthorized - before.unauthorized,
    served: after.served - before.served,
  }
}

/** Leaves nothing of a test to the next one, which has the same browser and the same server. */
export async function forgetEverything(): Promise<void> {
  localStorage.clear()
  await commands.forgetCookies()
  await planFaults([])
}

/** A visitor of the playground, in a tab of his own. His console must stay clean. */
export class PlaygroundVisit {
  readonly #id: VisitId

  private constructor(id: VisitId) {
    this.#id = id
  }

  /** Opens a page; its tab is closed with the test. */
  static async begin(path = '/'): Promise<PlaygroundVisit> {
    const visit = new PlaygroundVisit(await commands.openPlayground(path))
    onTestFinished(async () => {
      const { complaints } = await visit.chronicle()
      await commands.closePlayground(visit.#id)
      expect(complaints).toEqual([])
    })
    return visit
  }

  act(act: Act): Promise<void> {
    return commands.act(this.#id, act)
  }

  press(role: Part['role'], name: string, within?: string): Promise<void> {
    return this.act({ do: 'press', part: partOf(role, name, within) })
  }

  fill(name: string, text: string, within?: string): Promise<void> {
    return this.act({ do: 'fill', part: partOf('textbox', name, within), text })
  }

  async signIn(username = 'ada', within = 'Sign in'): Promise<void> {
    await this.fill('Name', username, within)
    await this.fill('Password', username, within)
    await this.press('button', 'Sign in', within)
  }

  /** Waits until a part of the page shows a text. */
  async sees(text: string, role: Part['role'] = 'main', name?: string): Promise<void> {
    const part = partOf(role, name)
    await expect.poll(() => commands.look(this.#id, part), PATIENCE).toContain(text)
  }

  /** Waits until a part of the page is there. */
  async finds(role: Part['role'], name: string, within?: string): Promise<void> {
    await expect.poll(() => commands.look(this.#id, partOf(role, name, within)), PATIENCE).not.toBeNull()
  }

  /** Waits until a part of the page is there no more. */
  async misses(role: Part['role'], name: string, within?: string): Promise<void> {
    await expect.poll(() => commands.look(this.#id, partOf(role, name, within)), PATIENCE).toBeNull()
  }

  /** Waits until the address, without the playground's base, is this one. */
  async isAt(path: string): Promise<void> {
    await expect.poll(async () => (await this.chronicle()).path, PATIENCE).toBe(path)
  }

  /** What is wrong with the page for somebody who looks at it like this. */
  audit(look: Look): Promise<string[]> {
    return commands.audit(this.#id, look)
  }

  /** Presses the button of the comparison, and waits until it is finished: six hundred requests, on any machine. */
  async compare(): Promise<void> {
    await this.press('button', 'Send 100 requests')
    const running =
      "[...document.querySelectorAll('.lane')].filter(({ dataset }) => dataset.mood === 'none').length"
    await expect.poll(() => this.evaluate(running), { timeout: 45_000 }).toBe(0)
  }

  chronicle(): Promise<Chronicle> {
    return commands.chronicle(this.#id)
  }

  /** The requests of the page whose path begins like this. */
  async sent(prefix: string): Promise<Sent[]> {
    return (await this.chronicle()).sent.filter(({ path }) => path.startsWith(prefix))
  }

  /** Takes down from now on where the router leads, also where it is already there. */
  async followRouter(): Promise<() => Promise<string[]>> {
    await this.evaluate(`{
      const { $router } = document.querySelector('#app').__vue_app__.config.globalProperties
      window.journey = []
      $router.afterEach((to) => void window.journey.push(to.fullPath))
    }`)
    return async () => (await this.evaluate('window.journey')) as string[]
  }

  evaluate(expression: string): Promise<unknown> {
    return commands.evaluateInPlayground(this.#id, expression)
  }

  preferMotion(motion: 'reduce' | 'no-preference'): Promise<void> {
    return commands.preferMotion(this.#id, motion)
  }

  setOnline(isOnline: boolean): Promise<void> {
    return commands.setOnline(this.#id, isOnline)
  }

  /** All that the page keeps in its storages, as text. */
  async stored(): Promise<string> {
    return String(await this.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])'))
  }
}

function partOf(role: Part['role'], name?: string, within?: string): Part {
  return { role, ...(name !== undefined && { name }), ...(within !== undefined && { within }) }
}
