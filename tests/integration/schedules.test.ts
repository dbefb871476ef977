import { setTimeout as sleep } from 'node:timers/promises'
import { type AxiosError, isAxiosError, isCancel } from 'axios'
import { beforeAll, describe, expect, test } from 'vitest'
import { isAuthError } from '../../src/index.ts'
import { times } from '../support/outcomes.ts'
import { type Report, type SentRequest, live, ownerOf } from '../support/schedule.ts'
import type { Departure } from '../support/wire.ts'

/** `SCHEDULES_SEED=n SCHEDULES=1 vitest run --project integration tests/integration/schedules.test.ts` repeats one. */
const FIRST_SEED = Number(process.env.SCHEDULES_SEED ?? 1)
const SCHEDULES = Number(process.env.SCHEDULES ?? 200)
const AT_ONCE = 40

const ownerOfRefresh = ({ body }: Departure) => ownerOf(String(body))

/** An answer that brought new tokens, whole. */
const isWhole = ({ status, reply }: Departure) =>
  status === 200 && /^\{.*"access_token".*\}$/.test(typeof reply === 'string' ? reply : '')

/** The server turned it away before it read the refresh token. */
const isUnspent = ({ status }: Departure) => status === 429 || status === 503

/** 1: no refresh token is sent again once it may have been replaced, but for one more try after a lost reply. */
function spentTokensStaySpent({ wire }: Report): string[] {
  const found: string[] = []
  const last = new Map<string, Departure>()
  for (const departure of wire.to('/auth/refresh')) {
    const token = /RT-[\d-]+/.exec(String(departure.body))?.[0] ?? 'none'
    const before = last.get(token)
    last.set(token, departure)
    if (!before) continue
    if (isWhole(before)) found.push(`${token} was sent again after it had been replaced`)
    if (before.status === 400) found.push(`${token} was sent again after it had been refused`)
    // Where nobody knows what became of it, the failure is shared for a second.
    const wait = departure.left - (before.back ?? Infinity)
    if (!isUnspent(before) && !(wait > 900)) found.push(`${token} was sent again by itself, after ${wait} ms`)
  }
  return found
}

/** 2: at most one refresh is in flight for a session. */
function oneRefreshAtATime({ wire }: Report): string[] {
  const flights = wire.to('/auth/refresh')
  return flights.flatMap((flight, index) => {
    const others = flights.slice(0, index).filter((other) => ownerOfRefresh(other) === ownerOfRefresh(flight))
    return others.some(({ back }) => back === null || back > flight.left)
      ? [`two refreshes of session ${ownerOfRefresh(flight)} at once`]
      : []
  })
}

/** 3: what is over stays over, on the wire, in the storage and between sessions. */
function sessionsStayApart(report: Report): string[] {
  const { wire, writes, successions, requests, stored, tokens, wasUnmountedEarly } = report
  const found: string[] = []
  /** Nobody came in its place: the server is told, with tokens that it takes, which may need a refresh of their own. */
  const isSignedOut = (owner: string | null) =>
    successions[successions.findIndex(({ now }) => now === owner) + 1]?.now === null
  const isOver = (owner: string | null, order: number) => {
    const began = successions.findIndex(({ now }) => now === owner)
    return began >= 0 && successions.slice(began + 1).some((succession) => succession.order < order)
  }
  for (const { url, token, order, body } of wire.departures) {
    if (url === '/auth/logout') continue
    const owner = url === '/auth/refresh' ? ownerOf(String(body)) : ownerOf(token)
    if (url === '/auth/refresh' && isSignedOut(owner)) continue
    if (owner !== null && isOver(owner, order))
      found.push(`${url} went out for session ${owner} after its end`)
  }
  for (const { order, text } of writes) {
    if (isOver(ownerOf(text), order))
      found.push(`session ${ownerOf(text)} was written to the storage after its end`)
  }
  for (const { path } of requests) {
    const owners = new Set(
      wire
        .to(path)
        .filter(({ url }) => url === path)
        .map(({ token }) => ownerOf(token)),
    )
    if (owners.size > 1) found.push(`${path} was sent by ${[...owners].join(' and ')}`)
  }
  for (const [token] of stored.matchAll(/[AR]T-[\d-]+/g)) {
    const isCurrent = token === tokens?.accessToken || token === tokens?.refreshToken
    // What a refresh brings after the unmount is kept all the same.
    const isLater = wasUnmountedEarly && tokens !== null && isSuccessor(token, tokens.accessToken)
    if (!isCurrent && !isLater) found.push(`${token} is still in the storage`)
  }
  return found
}

/** Whether a token comes after another one of the same session. */
function isSuccessor(token: string, other: string): boolean {
  const [, number = 0] = /-(\d+)$/.exec(token) ?? []
  const [, before = 0] = /-(\d+)$/.exec(other) ?? []
  return ownerOf(token) === ownerOf(other) && Number(number) > Number(before)
}

/** 4: every promise settles, each request with its own answer or its own error. */
function everythingSettles({ requests, actions, wire, wasUnmountedEarly }: Report): string[] {
  const found = requests.flatMap((request) =>
    judge(request, sendingsOf(request), wire).map((what) => `${request.path}: ${what}`),
  )
  for (const { name, end } of actions) {
    if (end === 'never') found.push(`${name}() never settled`)
    else if ('error' in end) {
      const isRightful =
        isAuthError(end.error) || (name === 'login' && wasUnmountedEarly && isCancel(end.error))
      if (!isRightful || name === 'logout' || name === 'setTokens') {
        found.push(`${name}() rejected with ${String(end.error)}`)
      }
    }
  }
  return found

  function sendingsOf({ path }: SentRequest): Departure[] {
    return wire.departures.filter(({ url }) => url === path)
  }
}

function judge(
  { path, body, aborted, end, listeners }: SentRequest,
  sent: Departure[],
  wire: Report['wire'],
): string[] {
  if (end === 'never') return ['never settled']
  const found: string[] = []
  if (listeners.count > 0) found.push(`${listeners.count} listeners are left on its signal`)
  if ('value' in end) {
    const { data, config, status } = end.value
    if (status !== 200 || data.path !== path || config.url !== path)
      found.push(`was answered ${JSON.stringify(data)}`)
    if (String(data.session) !== ownerOf(sent.at(-1)?.token)) found.push('was answered for another session')
    if (config.headers.has('Authorization')) found.push('its config carries a token')
    return found
  }
  const { error } = end
  if (isCancel(error)) return aborted ? found : [...found, 'was cancelled by nobody']
  if (!isAxiosError<{ path: string }>(error)) return [...found, `rejected with ${String(error)}`]
  if (error.config?.url !== path) found.push(`got the error of ${error.config?.url}`)
  const { response } = error
  if (response && response.data?.path !== path) found.push(`got the answer of ${response.data?.path}`)
  if (isAuthError(error)) {
    const isOwn = error.code === 'ERR_AUTH_EXPIRED' && sent.length === 1
    if (isOwn !== (response?.status === 401))
      found.push(`${error.code} with the response ${response?.status}`)
  } else {
    found.push(...plainError(error, sent, body, wire))
  }
  return found
}

/**
 * A plain error is a 401 of a request that had no token, had been replayed already, or could not be; or of one whose
 * token was refused to a replay a moment ago, right after it was issued.
 */
function plainError(
  error: AxiosError,
  sent: Departure[],
  body: SentRequest['body'],
  wire: Report['wire'],
): string[] {
  const last = sent.at(-1)
  const isRightful =
    last?.token === null || sent.length === 2 || body === 'stream' || (last && isFreshlyRefused(last, wire))
  return error.response?.status === 401 && isRightful
    ? []
    : [`rejected with ${String(error)} (${error.code})`]
}

function isFreshlyRefused({ token, back }: Departure, { departures }: Report['wire']): boolean {
  return departures.some((other, index) => {
    const isReplay = departures.slice(0, index).some(({ url }) => url === other.url)
    const age = (back ?? Infinity) - (other.back ?? Infinity)
    return isReplay && other.token === token && other.status === 401 && age >= 0 && age < 1_100
  })
}

/** 5: a request is replayed at most once, byte for byte, and a stream never is. */
function replaysAreExact({ requests, server }: Report): string[] {
  return requests.flatMap(({ path, body }) => {
    const [first, second, ...more] = server.arrivals.filter((arrival) => arrival.path === path)
    const found: string[] = []
    if (more.length > 0) found.push(`${path} was sent ${more.length + 2} times`)
    if (second && body === 'stream') found.push(`${path} sent a stream twice`)
    if (first && second && !first.body.equals(second.body))
      found.push(`${path} was replayed with another body`)
    if (first && second && first.headers['content-type'] !== second.headers['content-type']) {
      found.push(`${path} was replayed as something else`)
    }
    return found
  })
}

/** 6: nothing is left behind; timers and unhandled rejections are looked for below, over all schedules. */
const nothingIsLeft = ({ interceptors }: Report) =>
  interceptors > 0 ? [`${interceptors} interceptors are left on the instance`] : []

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** Whether no more timers are set than before, as soon as all is over. */
async function comesToRest(before: number): Promise<boolean> {
  for (let round = 0; timers() > before && round < 50; round++) await sleep(100)
  return timers() <= before
}

const reports: Report[] = []
const unhandled: unknown[] = []
let hasComeToRest = false

beforeAll(async () => {
  const before = timers()
  const onUnhandled = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  for (let first = 0; first < SCHEDULES; first += AT_ONCE) {
    const seeds = times(Math.min(AT_ONCE, SCHEDULES - first), (index) => FIRST_SEED + first + index)
    reports.push(...(await Promise.all(seeds.map(live))))
  }
  hasComeToRest = await comesToRest(before)
  process.off('unhandledRejection', onUnhandled)
}, 120_000)

describe(`in ${SCHEDULES} random schedules over real sockets`, () => {
  test.each([
    ['1. no refresh token is sent again once it may have been replaced', spentTokensStaySpent],
    ['2. at most one refresh is in flight for a session', oneRefreshAtATime],
    ['3. what is over stays over, on the wire and in the storage', sessionsStayApart],
    ['4. every promise settles, each request with its own answer or error', everythingSettles],
    ['5. a request is replayed at most once, byte for byte', replaysAreExact],
    ['6. no interceptor is left behind', nothingIsLeft],
  ])('%s', (_name, invariant) => {
    const broken = reports.flatMap((report) => {
      const found = invariant(report)
      return found.length > 0 ? [`seed ${report.seed}: ${found.join('; ')} (${report.steps.join(', ')})`] : []
    })

    expect(broken).toEqual([])
  })

  test('6. no timer is left behind, and no rejection was unhandled', () => {
    expect(hasComeToRest).toBe(true)
    expect(unhandled).toEqual([])
  })

  test('many requests are answered, and every way to fail was gone', () => {
    const ends = reports.flatMap(({ requests }) => requests.map(({ end }) => nameOf(end)))
    const count = (name: string) => ends.filter((end) => end === name).length

    expect(reports).toHaveLength(SCHEDULES)
    if (SCHEDULES < 100) return
    expect(count('answered')).toBeGreaterThan(ends.length * 0.25)
    for (const code of ['ERR_AUTH_EXPIRED', 'ERR_AUTH_REFRESH', 'ERR_AUTH_SESSION_CHANGED', 'ERR_CANCELED']) {
      expect(count(code), code).toBeGreaterThan(5)
    }
    const replays = reports.flatMap(({ server }) =>
      server.to('/items').filter(({ status }) => status === 401),
    )
    expect(replays.length).toBeGreaterThan(500)
    expect(reports.reduce((sum, { server }) => sum + server.reuses, 0)).toBeGreaterThan(0)
  })
})

function nameOf(end: SentRequest['end']): string {
  if (end === 'never') return 'never'
  return 'value' in end ? 'answered' : String((end.error as AxiosError).code)
}
