import type { AuthTokens, SessionEndReason } from '../../../src/index.ts'
import type { Grant, ModelServer } from '../../support/model-server.ts'
import type { Disk } from './disk.ts'
import type { History } from './history.ts'
import type { Sending } from './wire.ts'

/** A session as the application sees it. */
export interface SeenSession {
  readonly grant: Grant
  readonly access: string
  readonly refresh: string | null
  /** On the device's clock. */
  readonly expiresAt: number
}

/** A login that was asked for. */
export interface LoginRecord {
  readonly name: string
  readonly remember: boolean
  /** Its place among all that changes the session. */
  readonly claim: number
  outcome: 'open' | 'begun' | 'rejected'
}

const ENDED = '3: nothing of a session after its end'

/** After a logout or another login no request goes out with the old session's token, and nothing of it is stored. */
export class SessionRules {
  current: SeenSession | null = null
  /** How many calls have been made that change the session. */
  claims = 0
  readonly logins = new Map<string, LoginRecord>()
  readonly #server: ModelServer
  readonly #history: History
  readonly #over = new Set<Grant>()
  /** Why sessions ended, by installation and session. */
  readonly #ends = new Map<string, SessionEndReason | 'replaced'>()
  /** The newest refresh token that the client was given for each session. */
  readonly #newest = new Map<Grant, string>()
  /** Sessions that a storage in trouble gave back: nobody can know whether they were over. */
  readonly #doubtful = new Set<Grant>()
  /** The session that ended last. */
  lastEnded: Grant | null = null
  #visit = 0
  #isClosed = false
  /** Whether the application went before it had read what is on the disk. */
  #isUnread = false
  #isDiskTrusted = true

  constructor(server: ModelServer, history: History) {
    this.#server = server
    this.#history = history
  }

  /** Why a session ended in one installation of the library; `null` where it did not. */
  endOf(grant: Grant, visit: number): SessionEndReason | 'replaced' | null {
    return this.#ends.get(`${visit} ${grant.id}`) ?? null
  }

  isDoubtful(grant: Grant): boolean {
    return this.#doubtful.has(grant)
  }

  /** The session behind a token that goes over the wire. */
  ownerOf({ authorization, refreshToken }: Sending): Grant | null {
    return this.#server.ownerOf(refreshToken ?? authorization?.replace('Bearer ', '') ?? '')
  }

  /** The library is installed, in an application that finds what the one before left on the disk. */
  opened(disk: Disk): void {
    this.#isClosed = false
    this.#visit++
    this.#isDiskTrusted = disk.isSound
    this.current = null
  }

  /** The application goes: that ends no session. */
  closing(isPending: boolean): void {
    this.#isClosed = true
    this.#isUnread = isPending
    this.claims++
  }

  /** The store shows these tokens now. */
  seen(tokens: Readonly<AuthTokens> | null): void {
    const before = this.current
    if (this.#isClosed) return
    const grant = tokens && this.#server.ownerOf(tokens.accessToken)
    if (before && before.grant !== grant) {
      this.#over.add(before.grant)
      this.lastEnded = before.grant
      this.sessionEnded('replaced')
    }
    this.current =
      tokens && grant
        ? {
            grant,
            access: tokens.accessToken,
            refresh: tokens.refreshToken ?? null,
            expiresAt: tokens.expiresAt ?? Infinity,
          }
        : null
    this.#history.note(`session: ${tokens ? `${tokens.accessToken} ${tokens.refreshToken}` : 'none'}`)
    if (!grant) return
    if (before?.grant === grant) this.#judgeRenewal(before.access, tokens.accessToken)
    else this.#judgeBeginning(grant)
  }

  /** The session that was there last has ended, by what `onSessionEnd` was told or by a login. */
  sessionEnded(reason: SessionEndReason | 'replaced'): void {
    if (this.lastEnded) this.#ends.set(`${this.#visit} ${this.lastEnded.id}`, reason)
  }

  /** The client was given a refresh token. */
  received(grant: Grant, refreshToken: string): void {
    this.#newest.set(grant, refreshToken)
  }

  sent(sending: Sending): void {
    const grant = this.ownerOf(sending)
    if (!grant) return
    if (sending.path === '/auth/logout') this.#judgeLogout(sending, grant)
    else if (this.#over.has(grant) && !(sending.path === '/auth/refresh' && this.isSignedOut(grant)))
      this.#broken(`${sending.path} goes out with ${tokenIn(sending)}, which is over.`)
  }

  /** A logout with a dead access token is refreshed for once, so that it reaches the server. */
  isSignedOut({ id }: Grant): boolean {
    return [...this.#ends].some(([end, reason]) => end.endsWith(` ${id}`) && reason === 'logout')
  }

  stored(value: string): void {
    const [token = ''] = /AT-\d+-\d+/.exec(value) ?? []
    this.#history.note(`the library stores ${token}`)
    const grant = this.#server.ownerOf(token)
    if (!grant || this.#over.has(grant)) this.#broken(`${token} is written to the storage after its end.`)
  }

  /** Nothing happens any more. */
  atRest({ content, isSound, isReadSound, isWriteSound }: Disk): void {
    if (!isSound || !isReadSound || this.#isUnread) return
    const { current } = this
    const isRemembered = current !== null && (this.logins.get(current.grant.name)?.remember ?? true)
    if (content === null) {
      if (isRemembered && isWriteSound) this.#broken(`${current.access} is not in the storage.`)
      return
    }
    // What a refresh has brought after the application was unmounted is kept for the next one.
    const [kept = ''] = /AT-\d+-\d+/.exec(content) ?? []
    if (isRemembered && this.#server.ownerOf(kept) === current.grant) return
    const expected = isRemembered ? [current.access, current.refresh] : [null]
    if (!expected.every((token) => token !== null && content.includes(`"${token}"`))) {
      this.#broken(`The storage holds ${content} while the session is ${current?.access ?? 'none'}.`)
    }
  }

  #judgeRenewal(before: string, after: string): void {
    const turn = (token: string) => Number(token.split('-')[2])
    if (turn(after) <= turn(before)) this.#broken(`${after} takes the place of ${before}.`)
  }

  #judgeBeginning(grant: Grant): void {
    if (!this.#isDiskTrusted) this.#doubtful.add(grant)
    if (this.#over.has(grant) && this.#isDiskTrusted)
      this.#broken(`Session ${grant.id} is back after its end.`)
    this.#over.delete(grant)
    const login = this.logins.get(grant.name)
    if (login?.outcome === 'rejected') this.#broken(`${grant.name} was rejected and began a session.`)
    if (login?.outcome !== 'open') return
    if (login.claim !== this.claims) this.#broken(`${grant.name} was overtaken and began a session.`)
    login.outcome = 'begun'
  }

  #judgeLogout(sending: Sending, grant: Grant): void {
    if (grant === this.current?.grant) this.#broken(`The server is told that the session of now is over.`)
    const newest = this.#newest.get(grant)
    if (newest !== sending.refreshToken && this.#isDiskTrusted) {
      this.#broken(`The server is told that ${tokenIn(sending)} is done with, but not ${newest}.`)
    }
  }

  #broken(how: string): void {
    this.#history.broken(ENDED, how)
  }
}

const tokenIn = ({ authorization, refreshToken }: Sending) =>
  refreshToken ?? authorization?.replace('Bearer ', '')
