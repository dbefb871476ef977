import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { AuthError, type AuthErrorCode, isAuthError } from '../errors.ts'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import type { AuthBackend, AuthTokens, Awaitable } from '../types.ts'
import { abortable } from './abortable.ts'
import { canBeSentAgain, discard } from './replay.ts'
import { type Answer, type Send, deliver } from './send.ts'

/** What the requests of one identity work with. */
export interface Requests {
  backend: AuthBackend
  identity: Identity
  /** The store's action, so that whoever listens to it hears of every refresh. */
  refreshAction(): Promise<AuthTokens>
  shouldRefresh(response: AxiosResponse): Awaitable<boolean>
  report(error: unknown): void
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
  /** What is waited for in the place of tokens that are spent. */
  waits: Map<AuthTokens, Promise<void>>
}

/** Sends a request for the session there is: attach, send, 401, await the store's refresh, replay. */
export async function sendAuthorised(
  requests: Requests,
  config: InternalAxiosRequestConfig,
  send: Send,
): Promise<AxiosResponse> {
  const { lifecycle, refresh, tabs } = requests.identity
  if (lifecycle.isPending) await abortable(lifecycle.ready(), config)
  if (requests.stop.aborted) throw ownError('ERR_AUTH_SESSION_CHANGED', config)
  const looking = tabs.glance()
  if (looking) await abortable(looking, config)
  const session = lifecycle.current.value
  if (!session) return deliver(await send(null))

  if (session.isDead || (!session.isServing && (session.flight.value || session.isDue))) {
    try {
      await abortable(otherTokens(requests, session, session.tokens), config)
    } catch (error) {
      throw ownOf(error, session, config)
    }
  } else if (session.isDue) {
    refresh.beside(session)
  }

  assertAlive(session, config)
  const sent = session.tokens
  const answer = await sendMayBeTwice(requests, session, config, send)
  const { response } = answer
  if (!(await requests.shouldRefresh(response))) return deliver(answer)

  if (session.tokens === sent) session.reject(sent.accessToken)
  if (!canBeSentAgain(config.data) && !session.endedBy) {
    if (session.tokens === sent) refresh.beside(session)
    return deliver(answer)
  }
  discard(response)
  // A frame of its own: thousands may wait there, without the error and the connection of their first answer.
  return replay(requests, session, sent, config, detached(response), send)
}

/** Sends a request again, once its session has other tokens than those it was sent with. */
async function replay(
  requests: Requests,
  session: Session,
  sent: AuthTokens,
  config: InternalAxiosRequestConfig,
  refusal: AxiosResponse,
  send: Send,
): Promise<AxiosResponse> {
  try {
    if (!session.endedBy) await abortable(otherTokens(requests, session, sent), config)
  } catch (error) {
    throw ownOf(error, session, config, refusal)
  }
  assertAlive(session, config, refusal)
  return deliver(await sendMayBeTwice(requests, session, config, send))
}

/** Sends a request; twice where the backend can answer what the server asks for, such as a DPoP nonce. */
async function sendMayBeTwice(
  { backend }: Requests,
  session: Session,
  config: InternalAxiosRequestConfig,
  send: Send,
): Promise<Answer> {
  const { tokens } = session
  const answer = await send(tokens)
  if (!(await backend.retries?.(answer.response)) || !canBeSentAgain(config.data)) return answer
  discard(answer.response)
  assertAlive(session, config)
  const again = await send(tokens)
  await backend.retries?.(again.response) // what it reads there counts for the next request
  return again
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

/** All requests that were sent with the same tokens wait for the same thing. */
function otherTokens(requests: Requests, session: Session, spent: AuthTokens): Promise<void> {
  const { waits } = requests
  const known = waits.get(spent)
  if (known) return known
  const wait = obtain(requests, session, spent).finally(() => waits.delete(spent))
  waits.set(spent, wait)
  return wait
}

async function obtain(requests: Requests, session: Session, spent: AuthTokens): Promise<void> {
  if (session.tokens === spent && !session.flight.value) {
    try {
      await requests.refreshAction()
    } catch (error) {
      if (isAuthError(error)) throw error
      requests.report(error) // a listener of the action threw: the session itself tells how far it came
    }
  }
  if (session.tokens === spent) await requests.identity.refresh.now(session)
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
