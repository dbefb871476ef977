import { uptime } from '../../../support/fake-time.ts'
import type { Grant, ModelServer, WireReply } from '../../../support/model-server.ts'
import type { Exchange } from '../../../support/simulated/network.ts'
import type { Tab } from '../../../support/simulated/tab.ts'
import type { History } from '../../model/history.ts'

const AGAIN = '1: no refresh token again once it may have been replaced'
const ONE = '2: one refresh in flight'
const ENDED = '3: nothing of a session after its end'

/** The promises about refresh tokens and sessions, held against what all tabs send and store. */
export class Rules {
  /** Sessions that somebody has ended by intent, and when. */
  readonly over = new Map<Grant, number>()
  /** Sessions of whose refresh a reply was lost: their client cannot know better than to try once more. */
  readonly lossy = new Set<Grant>()
  /** When news of an end has reached every tab that listens, in ms. */
  readonly #reach: number
  /** Whether the browser adds the access token, whoever asks for what. */
  readonly #isHidden: boolean
  /** Tabs whose logout wants a live access token first. */
  readonly #renewing = new Set<Tab>()
  readonly #server: ModelServer
  readonly #history: History
  readonly #refreshes: Exchange[] = []
  readonly #woken = new Map<Tab, number>()
  readonly #ended = new Map<Tab, Set<Grant>>()
  /** The session that a tab has stored last, and when. */
  readonly #stored = new Map<Tab, { grant: Grant; at: number }>()

  constructor(server: ModelServer, history: History, reach: number, isHidden: boolean) {
    this.#isHidden = isHidden
    this.#server = server
    this.#history = history
    this.#reach = reach
  }

  /** Somebody ends a session in a tab, or begins another one there; for the other tabs as well, or for this one alone. */
  ends(tab: Tab, grant: Grant, isForAll: boolean): void {
    if (isForAll && !this.over.has(grant)) this.over.set(grant, uptime())
    const ended = this.#ended.get(tab) ?? new Set()
    this.#ended.set(tab, ended.add(grant))
  }

  /** A tab is gone before it could carry through what it had begun: what it ended may go on. */
  doubts(tab: Tab): void {
    for (const grant of this.#ended.get(tab) ?? []) this.over.delete(grant)
  }

  /** The application is loaded anew, and knows nothing of what was. */
  forgets(tab: Tab): void {
    this.#ended.delete(tab)
  }

  /** A tab runs again, and hears of what has happened. */
  wakes(tab: Tab): void {
    this.#woken.set(tab, uptime())
  }

  sent(exchange: Exchange): void {
    const { tab, path, access, refresh } = exchange
    this.#history.note(`tab ${tab.number} → ${path} ${refresh ?? access ?? ''}`)
    if (path === '/auth/logout') return void this.#renewing.delete(tab)
    const grant = this.#server.ownerOf(access ?? refresh ?? '')
    if (!grant || (this.#isHidden && path !== '/auth/refresh')) return
    // A logout does not wait longer than anyone for the refresh of a tab that hangs: its session is over in any case.
    if (path === '/auth/refresh' && this.#renewing.has(tab)) return void this.lossy.add(grant)
    if (path === '/auth/refresh') this.#refresh(exchange, grant)
    const label = `Tab ${tab.number} sends ${path} with ${access ?? refresh}`
    if (this.#ended.get(tab)?.has(grant)) this.#history.broken(ENDED, `${label}, which it has ended itself.`)
    const heard = Math.max(this.over.get(grant) ?? uptime(), this.#woken.get(tab) ?? 0)
    const since = uptime() - heard
    // Once the server has said that it knows of no session, a tab that is opened may ask for one.
    if (since > this.#reach && !(this.#isHidden && grant.revoked))
      this.#history.broken(ENDED, `${label}, which was ended ${since} ms ago.`)
  }

  concluded(exchange: Exchange): void {
    const { tab, path, state, reply, access, refresh } = exchange
    const what = reply === null ? state : typeof reply === 'object' ? `${reply.status} ${reply.body}` : reply
    this.#history.note(`tab ${tab.number} ← ${path} ${refresh ?? access ?? ''}: ${what}`)
    if (path === '/auth/refresh' && !isClear(reply)) this.loses(exchange)
    if (path === '/auth/logout' && Object(reply).status === 401) this.#renewing.add(tab)
  }

  /** What came of a refresh is not known to anybody who still lives. */
  loses({ refresh }: Exchange): void {
    const grant = this.#server.ownerOf(refresh ?? '')
    if (grant) this.lossy.add(grant)
  }

  /** An application that is unmounted keeps no locks: what it has just written may not show in every tab yet. */
  unmounts(tab: Tab): void {
    const { grant, at } = this.#stored.get(tab) ?? {}
    if (grant && uptime() - (at ?? 0) < this.#reach) this.lossy.add(grant)
  }

  /** The server was sent a refresh token that it had replaced. */
  reused(token: string): void {
    const grant = this.#server.ownerOf(token)
    if (grant && !this.lossy.has(grant)) {
      this.#history.broken(AGAIN, `The server counts a reuse of ${token}, and no reply was lost.`)
    }
  }

  stored(tab: Tab, value: string): void {
    const [token = ''] = /AT-\d+-\d+/.exec(value) ?? [/"ended":"\w+"/.exec(value)?.[0]]
    this.#history.note(`tab ${tab.number} stores ${token}`)
    const grant = this.#server.ownerOf(token)
    if (grant) this.#stored.set(tab, { grant, at: uptime() })
    if (grant && this.#ended.get(tab)?.has(grant)) {
      this.#history.broken(ENDED, `Tab ${tab.number} stores ${token} after it has ended its session.`)
    }
  }

  /** A tab has a session, or none. */
  seen(tab: Tab, access: string | null): void {
    this.#history.note(`tab ${tab.number} has ${access ?? 'no session'}`)
    const grant = this.#server.ownerOf(access ?? '')
    if (grant && this.#ended.get(tab)?.has(grant)) {
      this.#history.broken(ENDED, `Tab ${tab.number} has ${access} back, which it has ended itself.`)
    }
  }

  #refresh(exchange: Exchange, grant: Grant): void {
    const other = this.#refreshes.find(
      ({ state, refresh }) => state === 'pending' && this.#server.ownerOf(refresh ?? '') === grant,
    )
    if (other) {
      const { number } = exchange.tab
      this.#history.broken(
        ONE,
        `Tab ${number} refreshes while tab ${other.tab.number} has not got its answer.`,
      )
    }
    this.#refreshes.push(exchange)
  }
}

/** Whether a client knows from an answer what has become of its refresh token. */
function isClear(reply: Exchange['reply']): reply is WireReply {
  if (reply === 'not connected') return true
  if (reply === null || reply === 'cut off') return false
  if ([400, 401, 403, 429, 503].includes(reply.status)) return !reply.body.startsWith('<')
  return reply.status === 200 && /"(access_token|session)":"/.test(reply.body)
}
