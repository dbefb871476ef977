import { isAxiosError } from 'axios'
import { vi } from 'vitest'
import { watch } from 'vue'
import { type AuthAxiosOptions, type AuthBackend, httpBackend } from '../../../../src/index.ts'
import { settled, uptime } from '../../../support/fake-time.ts'
import type { Grant } from '../../../support/model-server.ts'
import type { OpenTab } from '../../../support/simulated/browser.ts'
import type { Latency, Traffic } from '../../../support/simulated/latency.ts'
import type { LockQuirks } from '../../../support/simulated/locks.ts'
import type { Exchange } from '../../../support/simulated/network.ts'
import type { SharedStorageQuirks } from '../../../support/simulated/storage.ts'
import type { Tab } from '../../../support/simulated/tab.ts'
import { type Keeper, TabWorld, type Visit, cookieOf, isCookie } from '../../../support/simulated/world.ts'
import { logoutFates, refreshFates } from '../../model/fates.ts'
import { History } from '../../model/history.ts'
import { Rules } from './rules.ts'

/** What is the same throughout a run. */
export interface Settings {
  readonly keeper: Keeper
  /** Of access tokens, in seconds; `null`: until a refresh, and the server does not say so. */
  readonly lifetime: number | null
  /** Whether the backend knows users. */
  readonly user: boolean
  readonly tabs: number
  /** The longest time that something takes, in ms. */
  readonly longest: Readonly<Record<Traffic, number>>
  /** How long each thing takes, one after another and then again, in hundredths of the longest time. */
  readonly delays: readonly number[]
}

/** What a browser is worse at than any real one; the simulation has to notice. */
export interface Sabotage {
  locks?: LockQuirks
  storage?: SharedStorageQuirks
}

/** How a tab goes away. */
export type Leaving = 'closes' | 'unmounts' | 'reloads'

/** Bounds one refresh attempt, in ms. */
const REFRESH_TIMEOUT = 4_000

/** As long as this nothing goes on by itself, in ms. */
const LONGEST = 4 * 60_000

const MOST_TABS = 5

/** So many things do not follow from one another unless there is no end to it. */
const MANY = 20_000

/** As often as this no tabs write before all is quiet, unless they do it in turn. */
const MANY_WRITES = 250

const ENDED = '3: nothing of a session after its end'
const SETTLES = '4: every promise settles with what is its own'
const NOTHING_LEFT = '6: nothing left behind'

const KEY = 'vue-auth-axios:authAxios'

/** Where the record is that all tabs agree on. */
const RECORD = { local: KEY, cookie: KEY, hidden: KEY, session: KEY, custom: `${KEY}#tabs` }

interface Member extends Visit {
  /** Promises that have not settled. */
  readonly open: Set<string>
  unwatch(): void
}

/** One run: some tabs of an application, with the rules that all they do is held against. */
export class Browsing {
  readonly history = new History()
  readonly world: TabWorld
  readonly #rules: Rules
  readonly #settings: Settings
  #members: Member[] = []
  #gone: Member[] = []
  /** What has happened to the session since all was quiet. */
  #window: { begun: Set<Grant>; mayEnd: boolean; isMuted: boolean; isDoubtful: boolean } = freshWindow()
  /** The session when all was quiet. */
  #settled: Grant | null = null
  /** Tabs that have asked for the session behind the cookie and got no answer: they ask again when they need it. */
  readonly #unsure = new Set<Tab>()
  /** Where no script sees the tokens: the session of the server behind each of the library's. */
  readonly #hidden = new Map<string, Grant>()
  /** The session that a tab has just got by a login, before it has given it a name. */
  readonly #signedIn = new Map<Tab, Grant>()
  /**
   * Whether a login was on its way together with another answer that changes its cookies: nobody waits longer than
   * `refreshTimeout` for another tab, and no tab can know whose cookies are the last.
   */
  #isTangled = false
  #labels = 0
  /** How often a record has been written since all was quiet. */
  #writes = 0

  constructor(settings: Settings, sabotage: Sabotage) {
    this.#settings = settings
    const { keeper, lifetime, longest, delays } = settings
    let next = 0
    const latency: Latency = (kind) =>
      Math.round(((delays[next++ % delays.length] ?? 0) / 100) * longest[kind])
    this.world = new TabWorld({ keeper, lifetime, latency, ...sabotage })
    const reach = 100 + 10 * Math.max(...Object.values(longest))
    this.#rules = new Rules(this.world.server, this.history, reach, keeper === 'hidden')
    const { server, network } = this.world
    server.onReuse = (token) => this.#rules.reused(token)
    network.onSent = (exchange) => {
      this.#rules.sent(exchange)
      if (this.#hasCookie) this.#noteTangle(exchange)
      // A login that fails halfway hands back what it got, and with it the cookie of whoever was there before.
      if (exchange.path === '/auth/logout' && this.#hasCookie) this.#window.mayEnd = true
    }
    network.onConcluded = (exchange) => {
      this.#rules.concluded(exchange)
      if (exchange.path === '/auth/refresh' && Object(exchange.reply).status !== 200)
        this.#unsure.add(exchange.tab)
      const grant = exchange.path === '/auth/login' && this.world.server.ownerOf(nameIn(exchange.reply))
      if (grant) this.#signedIn.set(exchange.tab, grant)
    }
    this.world.onWrite = (tab, value) => {
      this.#rules.stored(tab, value)
      this.#name(tab, value)
      if (++this.#writes > MANY_WRITES)
        this.history.broken(SETTLES, 'The tabs overwrite each other without end.')
    }
    for (let count = 0; count < settings.tabs; count++) this.openTab()
  }

  request(pick: number): void {
    const member = this.#pick(pick)
    if (member) this.#track(member, 'request', member.http.get('/items'))
  }

  /** Every tab at once. */
  requestAll(): void {
    this.world.server.expire()
    for (const member of this.#awake) this.#track(member, 'request', member.http.get('/items'))
  }

  refresh(pick: number): void {
    const member = this.#pick(pick)
    if (member) this.#track(member, 'refresh()', member.store.refresh())
  }

  expire(): void {
    this.world.server.expire()
  }

  /** What the next refresh meets. */
  refreshMeets(name: keyof typeof refreshFates): void {
    // A server that does not take a cookie has none of its sessions behind it.
    if (name === '400' && this.#hasCookie) return
    this.world.network.meets('/auth/refresh', refreshFates[name])
    this.#window.mayEnd = true
  }

  /** The next answer to a refresh comes later than anyone waits for it. */
  refreshIsSlow(ms: number): void {
    // Later than anyone waits, an answer that sets a cookie comes over whatever was asked for meanwhile: no tab can know.
    if (this.#hasCookie && ms >= REFRESH_TIMEOUT) return
    this.world.network.delays('/auth/refresh', ms)
  }

  /** What the next logout meets: it is told again at the next focus. */
  logoutMeets(name: keyof typeof logoutFates): void {
    this.world.network.meets('/auth/logout', logoutFates[name])
  }

  /** A token that another part of the application has got takes the place of the session's own. */
  updateTokens(pick: number): void {
    const member = this.#pick(pick)
    const grant = member && this.#grantOf(member)
    if (!member || !grant || this.#hasCookie) return
    const { tokens } = member.store
    this.#track(member, 'updateTokens()', member.store.updateTokens({ accessToken: tokens!.accessToken }))
  }

  /** Another library writes where the record is. */
  writeForeign(pick: number): void {
    const member = this.#pick(pick)
    if (!member || !this.#isShared) return
    this.history.note(`tab ${member.tab.number}: something else is stored under the key`)
    member.localStorage.setItem(RECORD[this.#settings.keeper], 'foreign')
    this.#window.isMuted = true
  }

  /** There is no room in a storage for as long. */
  fillDisk(pick: number, ms: number): void {
    const member = this.#pick(pick)
    if (!member || this.#settings.keeper === 'session') return
    this.history.note(`tab ${member.tab.number}: the disk is full`)
    const { localStorage } = member
    localStorage.setItem = (key: string, value: string) => {
      // What is not longer than what it replaces has its room, and a few bytes always do.
      if (value.length > Math.max(200, localStorage.getItem(key)?.length ?? 0)) {
        throw new DOMException('The disk is full.', 'QuotaExceededError')
      }
      Object.getPrototypeOf(localStorage).setItem.call(localStorage, key, value)
    }
    this.#window.isMuted = true
    setTimeout(() => Reflect.deleteProperty(localStorage, 'setItem'), ms)
  }

  login(pick: number): void {
    const member = this.#pick(pick)
    if (!member) return
    const name = `tab ${member.tab.number}`
    this.#track(member, 'login()', member.store.login({ name, login: 'let in', user: 'known' }))
  }

  setTokens(pick: number): void {
    if (this.#hasCookie) return this.login(pick)
    const member = this.#pick(pick)
    if (!member) return
    const reply = this.world.server.grant(`tab ${member.tab.number}`)
    this.#track(member, 'setTokens()', member.store.setTokens(reply))
  }

  logout(pick: number): void {
    const member = this.#pick(pick)
    if (!member) return
    const grant = this.#grantOf(member)
    this.#window.mayEnd = true
    this.#track(member, 'logout()', member.store.logout())
    if (grant) this.#rules.ends(member.tab, grant, true)
    if (member.store.isAuthenticated) this.history.broken(ENDED, 'A logout ends nothing.')
  }

  openTab(): void {
    if (this.#members.length < MOST_TABS) this.#load(this.world.browser.open())
  }

  duplicate(pick: number): void {
    const opener = this.#pick(pick)
    if (opener && this.#members.length < MOST_TABS) this.#load(this.world.browser.open(opener))
  }

  /** A second application of the same identity in the window of a first: a micro front end. */
  openBeside(pick: number): void {
    const member = this.#pick(pick)
    if (!member || !this.#isShared || this.#members.length >= MOST_TABS) return
    this.history.note(`tab ${member.tab.number} gets another application`)
    this.#load(member)
  }

  leave(pick: number, how: Leaving): void {
    const member = this.#pick(pick)
    if (!member) return
    if (this.#hasCookie && this.#isChangingCookie(member)) return
    this.history.note(`tab ${member.tab.number} ${how}`)
    if (how === 'unmounts') return this.#unmount(member, how)
    const all = this.#in(member.tab)
    for (const one of all) this.#unmount(one, how)
    if (how === 'closes') return
    this.world.network.close(member.tab)
    this.#rules.forgets(member.tab)
    for (const one of all) this.#load(one)
  }

  /** An application goes, by itself or with its tab. */
  #unmount(member: Member, how: Leaving): void {
    this.#members = this.#members.filter((other) => other !== member)
    this.#gone.push(member)
    member.unwatch()
    if (how !== 'closes') this.#rules.unmounts(member.tab)
    if (how !== 'unmounts') this.#loseUnstored(member)
    if ([...member.open].some((label) => !label.startsWith('request'))) this.#interrupt(member, how)
    if (how !== 'unmounts') member.open.clear() // nobody is left who could wait for anything
    if (how === 'closes') this.world.close(member)
    else member.app.unmount()
  }

  /** The applications in a tab. */
  #in(tab: Tab): Member[] {
    return this.#members.filter((member) => member.tab === tab)
  }

  /** Nobody would be left who could say that the cookie has changed: no tab can know. */
  #isChangingCookie({ open, tab }: Member): boolean {
    const { exchanges } = this.world.network
    if (this.#awake.length < this.#members.length) return true // what sleeps may have missed it
    const isWaiting = exchanges.some((sent) => sent.tab !== tab && sent.state === 'pending')
    return [...open].some((label) => label.startsWith('login') || (label.startsWith('logout') && !isWaiting))
  }

  /** Whether all tabs know the same, and wait for nothing. */
  get #isAtRest(): boolean {
    const known = new Set(this.#members.map((member) => this.#accessOf(member)))
    return (
      known.size === 1 && this.#members.every((member) => member.open.size === 0 && this.world.isIdle(member))
    )
  }

  suspend(pick: number, losesNews: boolean): void {
    const member = this.#pick(pick)
    if (!member) return
    // Browsers keep no page in the cache that waits for an answer. Besides, timers here know no sleep: what waits for a
    // storage or for a turn would give up, which no sleeping tab does.
    const isIdle = this.#in(member.tab).every(({ open }) => open.size === 0) && this.world.isIdle(member)
    if ((!isIdle && losesNews) || (this.#isSlow && !this.#isAtRest)) return
    this.history.note(`tab ${member.tab.number} is suspended`)
    member.tab.suspend({ losesNews })
  }

  /** A tab runs again; the browser says so a little later, or at once. */
  resume(pick: number): void {
    const sleepers = this.#members.filter(({ tab }) => tab.state === 'suspended')
    const member = sleepers[pick % sleepers.length]
    if (!member) return
    this.history.note(`tab ${member.tab.number} is resumed`)
    // What only an answer can tell takes as long as the answer; where the data were cleared meanwhile, the record tells nothing
    // either, and the news of what was before come one by one.
    if (this.#settings.keeper !== 'local' || this.#window.isMuted) this.#rules.wakes(member.tab)
    member.tab.resume()
    setTimeout(() => member.tab.page.dispatchEvent(new Event('pageshow')))
  }

  /** The visitor clears the site data in a tab. */
  clear(pick: number): void {
    const member = this.#pick(pick)
    if (!member || !this.#isShared || this.#settings.keeper === 'cookie') return
    // The cookies are gone at once, what tabs know of each other a little later.
    if (this.#settings.keeper === 'hidden' && !this.#isAtRest) return
    this.world.cookies?.clear()
    this.history.note(`tab ${member.tab.number}: the site data is cleared`)
    member.localStorage.clear()
    Object.assign(this.#window, { mayEnd: true, isMuted: true })
  }

  async pass(ms: number): Promise<void> {
    let isOver = ms === 0
    if (ms > 0) setTimeout(() => (isOver = true), ms)
    await this.#happen(() => isOver)
  }

  /** Lets everything come to its end, and compares the tabs. */
  async quiet(): Promise<void> {
    for (let pick = 0; pick < MOST_TABS; pick++) this.resume(0)
    await this.#drain()
    let isMuted = this.#window.isMuted
    for (let tries = 0; isMuted || this.#isUntold; tries++) {
      isMuted = false
      if (tries > 2) this.world.network.calm() // whatever else the next ones were to meet
      // Without a cookie only the tab that signed out has what it takes to tell, and it may be gone.
      if (tries > 5 && !this.#hasCookie) break
      if (tries > 5) this.history.broken(ENDED, 'The server never hears of a logout.')
      await this.pass(1_100) // what could not be written is tried again after a second
      for (const { tab } of this.#members) tab.page.dispatchEvent(new Event('focus'))
      await this.#drain()
    }
    this.history.note('all is quiet')
    for (const member of [...this.#members, ...this.#gone]) {
      for (const label of member.open) this.history.broken(SETTLES, `${label} never settles.`)
    }
    this.#compare()
    this.#window = freshWindow()
    this.#writes = 0
    this.history.assertUnbroken()
  }

  /** Brings the run to its end: the session there is still serves, then nothing is left of anything. */
  async finish(): Promise<void> {
    await this.quiet()
    await this.#prove()
    for (const member of this.#members) {
      member.unwatch()
      member.app.unmount()
      this.#gone.push(member)
    }
    this.#members = []
    await this.#drain()
    for (const { tab } of this.#gone.filter((member) => member.tab.state !== 'gone')) {
      const left = [
        ...this.world.browser.locks.of(tab).map((name) => `the lock ${name}`),
        ...(tab.listeners ? [`${tab.listeners} listeners`] : []),
      ]
      if (left.length) this.history.broken(NOTHING_LEFT, `Tab ${tab.number} has left ${left.join(', ')}.`)
    }
    this.history.assertUnbroken()
  }

  /** Nobody has handled a rejection. */
  unhandled(reason: unknown): void {
    this.history.broken(
      NOTHING_LEFT,
      `Nobody handles ${reason instanceof Error ? reason.stack : String(reason)}`,
    )
  }

  /** Whether the server does not know of a logout yet: it is told at the next focus. */
  get #isUntold(): boolean {
    const text = this.world.browser.localStorage.content.get(KEY) ?? '{}'
    const { ended, told } = text.startsWith('{') ? JSON.parse(text) : {}
    return ended === 'logout' && !told && this.#members.length > 0
  }

  /** Whether what a tab knows is the server's to say. */
  get #hasCookie(): boolean {
    return isCookie(this.#settings.keeper)
  }

  /** Whether tabs wait for more than the browser. */
  get #isSlow(): boolean {
    return this.#hasCookie || this.#settings.keeper === 'custom'
  }

  #noteTangle({ path, tab }: Exchange): void {
    const others = this.world.network.exchanges.filter(
      (sent) => sent.state === 'pending' && sent.path.startsWith('/auth/') && sent.path !== '/auth/me',
    )
    const isLogin = path === '/auth/login'
    if (isLogin) this.#isTangled = others.length > 1
    else if (path !== '/auth/me' && path.startsWith('/auth/'))
      this.#isTangled ||= others.some((sent) => sent.path === '/auth/login' && sent.tab !== tab)
  }

  /** What names the session of a tab: its access token, or what stands for one that no script sees. */
  #accessOf({ store }: Pick<Member, 'store'>): string | null {
    if (this.#settings.keeper !== 'hidden') return store.accessToken
    if (!store.sessionId) return null
    const grant = this.#hidden.get(store.sessionId)
    return grant ? `AT-${grant.id}-hidden` : `an unknown session ${store.sessionId}`
  }

  /** A tab gives a session its name. */
  #name(tab: Tab, value: string): void {
    if (this.#settings.keeper !== 'hidden' || !value.startsWith('{')) return
    const { id, ended } = JSON.parse(value)
    if (ended || this.#hidden.has(id)) return
    const { cookies, server } = this.world
    const grant = this.#signedIn.get(tab) ?? server.ownerOf(cookies?.refresh ?? '')
    this.#signedIn.delete(tab)
    if (grant) this.#hidden.set(id, grant)
  }

  get #isShared(): boolean {
    return this.#settings.keeper !== 'session'
  }

  get #awake(): Member[] {
    return this.#members.filter(({ tab }) => tab.state === 'awake')
  }

  #pick(pick: number): Member | undefined {
    return this.#awake[pick % this.#awake.length]
  }

  #load(page: OpenTab): void {
    const { tab } = page
    const options: AuthAxiosOptions = {
      backend: this.#backend(),
      refreshTimeout: REFRESH_TIMEOUT,
      onSessionEnd: (reason) => this.#ended(tab.number, reason),
    }
    const visit = this.world.load(page, options, (app) => {
      app.config.errorHandler = (error) => this.#reported(tab.number, error)
    })
    const member: Member = { ...visit, open: new Set(), unwatch: () => {} }
    let before: Grant | null = null
    member.unwatch = watch(
      () => this.#accessOf(visit),
      (access) => {
        const grant = this.world.server.ownerOf(access ?? '')
        if (grant && grant !== before && grant.name === `tab ${tab.number}`) this.#begun(tab, before, grant)
        before = grant
        this.#rules.seen(tab, access)
        if (grant && this.#in(tab).every(({ store }) => store.isAuthenticated)) this.#unsure.delete(tab)
      },
      { flush: 'sync' },
    )
    this.#members.push(member)
    this.history.note(`tab ${tab.number} is loaded`)
  }

  /** A session begins in the tab that asked for it, or is found there again. */
  #begun(tab: Visit['tab'], before: Grant | null, grant: Grant): void {
    if (before) this.#rules.ends(tab, before, this.#isShared)
    if (grant !== this.#settled && !this.#rules.over.has(grant)) this.#window.begun.add(grant)
  }

  #reported(tab: number, error: unknown): void {
    this.history.note(`tab ${tab} reports ${String(error)}`)
    // A user that could not be loaded, a storage that a sleeping tab had no time to read.
    const isKnown =
      isAxiosError(error) ||
      (error instanceof DOMException && ['TimeoutError', 'QuotaExceededError'].includes(error.name)) ||
      String(error).includes('Something else was stored')
    if (!isKnown) this.history.broken(NOTHING_LEFT, `The library reports ${String(error)}`)
  }

  #ended(tab: number, reason: string): void {
    this.history.note(`tab ${tab}: the session ends, ${reason}`)
    if (reason === 'expired') this.#window.mayEnd = true
  }

  #backend(): AuthBackend {
    const { user, keeper } = this.#settings
    return httpBackend({ cookie: cookieOf(keeper), ...(user && { user: '/auth/me' }) })
  }

  #grantOf(member: Member): Grant | null {
    return this.world.server.ownerOf(this.#accessOf(member) ?? '')
  }

  /** A tab that goes between a reply and the storing of what it brought takes that with it. */
  #loseUnstored({ tab, localStorage, sessionStorage, store }: Member): void {
    if (this.#hasCookie) return
    const stored = JSON.stringify([localStorage.getItem(KEY), sessionStorage.getItem(KEY)])
    // A slower tab has written over what this one alone had, and it goes before it can mend that.
    const isLost = this.#settings.keeper === 'custom' && !stored.includes(store.accessToken ?? '')
    if (isLost) Object.assign(this.#window, { mayEnd: true, isDoubtful: true })
    for (const exchange of this.world.network.to('/auth/refresh')) {
      const { reply } = exchange
      if (exchange.tab !== tab || reply === null || typeof reply !== 'object') continue
      const [, brought] = /"refresh_token":"(.*?)"/.exec(reply.body) ?? []
      if (brought !== undefined && !stored.includes(brought)) this.#rules.loses(exchange)
    }
  }

  /** A tab goes in the middle of a change: the others find it at their next look, if it has come about at all. */
  #interrupt({ tab }: Member, how: Leaving): void {
    Object.assign(this.#window, { isMuted: true })
    const { keeper } = this.#settings
    // What `localStorage` is to hold is written, and told, even by an application that is gone.
    if (keeper === 'local' || (how === 'unmounts' && keeper === 'session')) return
    this.#rules.doubts(tab)
    if (this.#hasCookie) for (const member of this.#members) this.#unsure.add(member.tab)
    Object.assign(this.#window, { mayEnd: true, isDoubtful: true })
  }

  #track(member: Member, what: string, promise: Promise<unknown>): void {
    const label = `${what} ${++this.#labels} of tab ${member.tab.number}`
    this.history.note(label)
    member.open.add(label)
    const settle = (how: string) => {
      member.open.delete(label)
      this.history.note(`${label} ${how}`)
    }
    promise.then(
      () => settle('resolves'),
      (error: unknown) => {
        settle(`rejects: ${String(error)}`)
        if (!isAxiosError(error) && !(error instanceof DOMException))
          this.history.broken(SETTLES, String(error))
      },
    )
  }

  async #step(): Promise<void> {
    await settled()
    this.history.assertUnbroken()
  }

  /** Lets everything happen that there is. */
  async #drain(): Promise<void> {
    await this.#happen(() => vi.getTimerCount() === 0)
  }

  /** Lets one thing happen after another. */
  async #happen(isOver: () => boolean): Promise<void> {
    const end = uptime() + LONGEST
    await this.#step()
    for (let count = 0; !isOver(); count++) {
      if (uptime() > end || count > MANY) {
        this.history.broken(SETTLES, 'There is no end to what happens by itself.')
      }
      vi.advanceTimersToNextTimer()
      await this.#step()
    }
  }

  /** All tabs have what is stored, and that is what was asked for last. */
  #compare(): void {
    for (const member of this.#members) {
      const { tab, store } = member
      const expected = this.#kept(member)
      const has = this.#accessOf(member)
      if (has !== expected && !this.#isUnsure(member) && !this.#isTangled) {
        this.history.broken(
          ENDED,
          `Tab ${tab.number} has ${has ?? 'no session'}, but ${expected ?? 'none'} is kept.`,
        )
      }
      const grant = this.#grantOf(member)
      const user = (store.user as { grant?: number } | null)?.grant
      if (user !== undefined && user !== grant?.id) {
        this.history.broken(ENDED, `Tab ${tab.number} shows the user of session ${user}.`)
      }
      if (grant && this.#isShared && this.#rules.over.has(grant)) {
        this.history.broken(ENDED, `Session ${grant.id} is over, but tab ${tab.number} has it.`)
      }
    }
    if (this.#isShared && !this.#isTangled) this.#judgeWinner()
  }

  #isUnsure({ tab, store }: Member): boolean {
    return this.#hasCookie && !store.isAuthenticated && this.#unsure.has(tab)
  }

  /** The access token that is kept for a tab, in a storage or with a cookie. */
  #kept(member: Member): string | null {
    const { keeper } = this.#settings
    const { sessionStorage } = member
    if (this.#hasCookie) {
      const kept = this.world.server.ownerOf(this.world.cookies?.refresh ?? '')
      if (kept?.revoked) return this.#accessOf(member) // nobody knows before the next refresh
      const has = this.#grantOf(member)
      return kept && kept === has ? this.#accessOf(member) : kept && `session ${kept.id}`
    }
    const { content } = this.world.browser.localStorage
    const area = keeper === 'session' ? sessionStorage.items : content
    const { id, tokens } = recordIn(area.get(KEY))
    // The tokens of a later session were lost with their tab: those of the one before are good for nothing.
    const { id: latest } = keeper === 'custom' ? recordIn(content.get(RECORD.custom)) : {}
    return parseInt(id ?? '', 10) < parseInt(latest ?? '', 10) ? null : (tokens?.accessToken ?? null)
  }

  #judgeWinner(): void {
    const { begun, mayEnd, isDoubtful } = this.#window
    const first = this.#members.find((member) => !this.#isUnsure(member))
    const winner = first
      ? this.#grantOf(first)
      : this.world.server.ownerOf(this.world.cookies?.refresh ?? this.#stored ?? '')
    if (winner && winner === this.#settled && begun.size > 0 && !isDoubtful) {
      this.history.broken(ENDED, `Session ${winner.id} outlives one that began later.`)
    }
    if (!winner && !mayEnd && (this.#settled || begun.size > 0)) {
      this.history.broken(ENDED, 'There is no session, and nobody has ended it.')
    }
    this.#settled = winner
  }

  get #stored(): string | null {
    return /AT-\d+-\d+/.exec(this.world.browser.localStorage.content.get(KEY) ?? '')?.[0] ?? null
  }

  /** The session that is left in the end still serves, all tabs together, for one refresh. */
  async #prove(): Promise<void> {
    const grant = this.#settled
    if (!grant || grant.revoked || this.#isTangled || this.#rules.lossy.has(grant) || !this.#isShared) return
    this.world.network.calm()
    await this.pass(31_000)
    const before = this.world.network.to('/auth/refresh').length
    this.world.server.expire()
    const sure = this.#members.filter((member) => !this.#isUnsure(member))
    const answers = sure.map(({ http }) => http.get('/items'))
    const outcomes = Promise.allSettled(answers)
    await this.#drain()
    const failed = (await outcomes).filter(({ status }) => status === 'rejected')
    const made = this.world.network.to('/auth/refresh').length - before
    if (failed.length)
      this.history.broken(SETTLES, `${failed.length} tabs have lost a session that is alive.`)
    if (made > 1 && this.#settings.keeper !== 'cookie')
      this.history.broken('2: one refresh in flight', `${made} refreshes are made in place of one.`)
  }
}

/** A record, where that is what is there. */
const recordIn = (text = ''): { id?: string; tokens?: { accessToken: string } } =>
  text.startsWith('{') ? JSON.parse(text) : {}

/** The token that names the session in the answer to a login. */
const nameIn = (reply: unknown): string => /AT-\d+-\d+/.exec(String(Object(reply).body))?.[0] ?? ''

const freshWindow = () => ({ begun: new Set<Grant>(), mayEnd: false, isMuted: false, isDoubtful: false })
