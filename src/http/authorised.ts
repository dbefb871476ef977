import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { AuthError, type AuthErrorCode, isAuthError } from '../errors.ts'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import type { AuthBackend, Awaitable, TokenReply } from '../types.ts'
import { abortable } from './abortable.ts'
import { canBeSentAgain, discard } from './replay.ts'
import { type Answer, type Send, deliver } from './send.ts'

/** What the requests of one identity work with. */
export interface Requests {
  identity: Identity
  retries: AuthBackend['retries']
  /** The store's action, so that whoever listens to it hears of every refresh. */
  refreshAction(): Promise<unknown>
  shouldRefresh(response: AxiosResponse, tokenType?: string): Awaitable<boolean>
  readTokens?: ((response: AxiosResponse) => TokenReply | null | undefined) | undefined
  report(error: unknown): void
  /** Hears of a request that waits for a refresh; there in development alone. */
  onWait?: ((session: Session, config: InternalAxiosRequestConfig) => void) | undefined
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
}

/** Sends a request for the session there is: attach, send, 401, await the store's refresh, replay. */
export function sendAuthorised(
  requests: Requests,
  config: InternalAxiosRequestConfig,
  send: Send,
): Promise<AxiosResponse> {
  const { identity, stop } = requests
  const { lifecycle, tabs } = identity
  if (lifecycle.isPending) {
    return abortable(lifecycle.ready(), config).then(() => sendAuthorised(requests, config, send))
  }
  const arriving = stop.aborted ? null : tabs.look()
  if (arriving) return abortable(arriving, config).then(() => sendNow(requests, config, send))
  return sendNow(requests, config, send)
}

/** The same once it is known which session there is. Most requests need no more than this, and wait for nothing. */
async function sendNow(
  requests: Requests,
  config: InternalAxiosRequestConfig,
  send: Send,
): Promise<AxiosResponse> {
  const session = sessionFor(requests, config)
  if (!session) return deliver(await send(null))

  if (session.isDead || session.isDue || !session.isServing) {
    const renewed = renewIfNeeded(requests, session, config)
    if (renewed) await renewed
  }
  assertAlive(session, config)
  const sent = session.generation
  const answer = await sendOnce(requests, session, config, send)
  const refused = isRefused(requests, session, answer.response)
  if (refused === false || !(await refused)) return accept(requests, session, sent, answer)
  return refusedOnce(requests, session, sent, config, answer, send)
}

/** The session that a request belongs to. */
function sessionFor({ identity, stop }: Requests, config: InternalAxiosRequestConfig): Session | null {
  const session = identity.lifecycle.current.value
  // Sent before, under another session: nothing of one is sent under another.
  const isAnothers = config.sessionId !== undefined && config.sessionId !== session?.id
  if (stop.aborted || isAnothers) throw ownError('ERR_AUTH_SESSION_CHANGED', config)
  if (session) config.sessionId = session.id
  return session
}

/** Sees to new tokens before a request is sent: beside it where those there are still serve, else it waits. */
function renewIfNeeded(
  requests: Requests,
  session: Session,
  config: InternalAxiosRequestConfig,
): Promise<void> | undefined {
  if (session.isDead || (!session.isServing && (session.flight.value || session.isDue))) {
    requests.onWait?.(session, config)
    return renewedFor(requests, session, session.generation, config)
  }
  if (session.isDue) requests.identity.refresh.beside(session)
  return undefined
}

/** What follows from the first refusal of a request. */
function refusedOnce(
  requests: Requests,
  session: Session,
  sent: number,
  config: InternalAxiosRequestConfig,
  answer: Answer,
  send: Send,
): AxiosResponse | Promise<AxiosResponse> {
  // Others like these, which were refused as soon as they came, will not help.
  if (session.generation === sent && session.isFreshlyRejected) return deliver(answer)
  if (session.generation === sent) session.reject(sent)
  if (!canBeSentAgain(config.data) && !session.endedBy) {
    if (session.generation === sent) requests.identity.refresh.beside(session)
    return deliver(answer)
  }
  discard(answer.response)
  // A frame of its own: thousands may wait there, without the error and the connection of their first answer.
  return replay(requests, session, sent, config, detached(answer.response), send)
}

/** Sends a request again, once its session has other tokens than those it was sent with. */
async function replay(
  requests: Requests,
  session: Session,
  sent: number,
  config: InternalAxiosRequestConfig,
  refusal: AxiosResponse,
  send: Send,
): Promise<AxiosResponse> {
  if (!session.endedBy) await renewedFor(requests, session, sent, config, refusal)
  assertAlive(session, config, refusal)
  const again = session.generation
  const answer = await sendOnce(requests, session, config, send, refusal)
  if (!(await isRefused(requests, session, answer.response))) return accept(requests, session, again, answer)
  if (session.generation === again) session.reject(again, true)
  return deliver(answer)
}

/** Sends a request with the tokens of the moment; once more where the server only wants another proof of them. */
function sendOnce(
  requests: Requests,
  session: Session,
  config: InternalAxiosRequestConfig,
  send: Send,
  refusal?: AxiosResponse,
): Promise<Answer> {
  const { retries } = requests
  const { tokens } = session
  if (!retries || !tokens) return send(tokens, () => assertAlive(session, config, refusal))
  return sendAndProve(retries, session, config, send, refusal)
}

async function sendAndProve(
  retries: NonNullable<Requests['retries']>,
  session: Session,
  config: InternalAxiosRequestConfig,
  send: Send,
  refusal?: AxiosResponse,
): Promise<Answer> {
  const stillAlive = () => assertAlive(session, config, refusal)
  const answer = await send(session.tokens, stillAlive)
  if (!(await retries(answer.response)) || !canBeSentAgain(config.data)) return answer
  discard(answer.response)
  stillAlive()
  const again = await send(session.tokens, stillAlive)
  await retries(again.response) // what it reads there counts for the next request
  return again
}

const isRefused = ({ shouldRefresh }: Requests, { tokens }: Session, response: AxiosResponse) =>
  shouldRefresh(response, tokens?.tokenType)

/** An answer that is the caller's; new tokens that it brings are the session's. */
function accept(
  { readTokens, identity, report }: Requests,
  session: Session,
  sent: number,
  answer: Answer,
): AxiosResponse {
  if (readTokens && session.generation === sent) {
    try {
      const reply = readTokens(answer.response)
      if (reply) identity.update.takeTokens(session, reply)
    } catch (error) {
      report(error)
    }
  }
  return deliver(answer)
}

/** The error of a wait as the request's own, whoever made the refresh. */
function ownOf(
  error: unknown,
  session: Session,
  config: InternalAxiosRequestConfig,
  refusal?: AxiosResponse,
): unknown {
  if (!isAuthError(error)) return error
  // The store's refresh may have met another session by then, or none.
  return ownError(session.endedBy ?? error.code, config, refusal, error.cause)
}

/** Waits for other tokens on behalf of a request, which may be aborted, and hears of a failure as its own. */
function renewedFor(
  requests: Requests,
  session: Session,
  spent: number,
  config: InternalAxiosRequestConfig,
  refusal?: AxiosResponse,
): Promise<void> {
  return abortable(renewal(requests, session, spent), config).catch((error: unknown) => {
    throw ownOf(error, session, config, refusal)
  })
}

/** Waits for other tokens than those that are spent: one request asks for them, all others wait for its refresh. */
async function renewal(requests: Requests, session: Session, spent: number): Promise<void> {
  if (session.generation === spent && !session.flight.value) {
    try {
      await requests.refreshAction()
    } catch (error) {
      if (isAuthError(error)) throw error
      requests.report(error) // a listener of the action threw: the session itself tells how far it came
    }
  }
  if (session.generation === spent) await requests.identity.refresh.now(session)
}

/** Asked in the turn in which a request goes out: a session may end in any turn between a wait and its end. */
function assertAlive(session: Session, config: InternalAxiosRequestConfig, refusal?: AxiosResponse): void {
  if (session.endedBy) throw ownError(session.endedBy, config, refusal, session.endCause)
}

function ownError(
  code: AuthErrorCode,
  config: InternalAxiosRequestConfig,
  refusal?: AxiosResponse,
  cause?: unknown,
): AuthError {
  const response = code === 'ERR_AUTH_EXPIRED' ? refusal : undefined
  return new AuthError(code, { config, response, cause })
}

/** An answer without the way to its connection, over which the refresh may have gone as well. */
function detached(response: AxiosResponse): AxiosResponse {
  const data = canBeSentAgain(response.data) ? response.data : undefined
  return { ...response, data, request: undefined }
}
