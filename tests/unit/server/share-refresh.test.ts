import { setTimeout as sleep } from 'node:timers/promises'
import axios, { AxiosError, AxiosHeaders, isAxiosError } from 'axios'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AuthBackend, AuthTokens, BackendContext, TokenReply } from '../../../src/index.ts'
import { shareRefresh } from '../../../src/server/index.ts'
import { times } from '../../support/outcomes.ts'
import { SharedResults } from '../../support/refresh-results.ts'

const OLD: AuthTokens = { accessToken: 'AT-1', refreshToken: 'RT-1' }
const NEXT = { access_token: 'AT-2', refresh_token: 'RT-2' }

const context = (signal = new AbortController().signal): BackendContext => ({ http: axios.create(), signal })

/** Brings a dead access token, with its refresh token. */
const bring = async (backend: AuthBackend, tokens = OLD) => backend.refresh(tokens, context())

/** A backend whose refreshes are counted, and answered as a test wants. */
function counted(answer: (turn: number, signal: AbortSignal) => unknown = () => NEXT) {
  const asked: Array<AuthTokens | null> = []
  const backend: AuthBackend = {
    async refresh(tokens, { signal }) {
      asked.push(tokens)
      await sleep(5)
      return (await answer(asked.length, signal)) as TokenReply
    },
  }
  return { asked, backend }
}

/** An error answer of the token endpoint. */
function refusal(status: number, data: unknown = { error: 'invalid_grant' }, headers = {}) {
  const config = { headers: new AxiosHeaders(), data: '{"refresh_token":"RT-1"}' }
  const response = { status, statusText: '', data, headers, config }
  return new AxiosError(`Status ${status}`, 'ERR_BAD_REQUEST', config, {}, response)
}

const throws = (error: unknown) => () => {
  throw error
}

/** Two processes that share an engine. */
function pair(answer?: Parameters<typeof counted>[0], hold?: number) {
  const results = new SharedResults()
  const { asked, backend } = counted(answer)
  const options = { results, ...(hold !== undefined && { hold }) }
  const [one, other] = [shareRefresh(backend, options), shareRefresh(backend, options)]
  return { results, asked, one, other, backends: [one, other] }
}

/** What many calls come to. */
const settledAll = (calls: Array<PromiseLike<unknown> | unknown>) =>
  Promise.allSettled(calls.map(async (call) => call))

afterEach(() => {
  vi.useRealTimers()
})

describe('within one process', () => {
  test('asks once for all who bring one refresh token at the same time', async () => {
    const { asked, backend } = counted()
    const shared = shareRefresh(backend)

    const replies = await Promise.all(times(30, () => bring(shared)))

    expect(asked).toEqual([OLD])
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1)
    expect(replies[0]).toEqual({ accessToken: 'AT-2', refreshToken: 'RT-2', tokenType: 'Bearer' })
  })

  test('gives the same pair to who comes later with the old token, within `hold`', async () => {
    const { asked, backend } = counted((turn) => ({
      access_token: `AT-${turn + 1}`,
      refresh_token: `RT-${turn + 1}`,
    }))
    const shared = shareRefresh(backend, { hold: 1_500 })
    const first = await bring(shared)
    await sleep(100)

    expect(await bring(shared)).toEqual(first)
    await sleep(1_550)
    expect(await bring(shared)).toMatchObject({ accessToken: 'AT-3' })
    expect(asked).toHaveLength(2)
  })

  test('keeps apart who bring different tokens', async () => {
    const shared = shareRefresh({
      refresh: async (tokens) => ({ access_token: `for-${tokens?.refreshToken}`, refresh_token: 'next' }),
    })
    const comeWith = (refreshToken: string) => shared.refresh({ accessToken: 'AT', refreshToken }, context())

    const replies = await Promise.all([comeWith('a'), comeWith('b'), comeWith('a')])

    expect(replies).toMatchObject([
      { accessToken: 'for-a' },
      { accessToken: 'for-b' },
      { accessToken: 'for-a' },
    ])
  })

  test('keeps nothing that other backends could see', async () => {
    const { asked, backend } = counted()
    await bring(shareRefresh(backend))
    await bring(shareRefresh(backend))

    expect(asked).toHaveLength(2)
  })

  test('lets a caller go who is aborted, and goes on for the others', async () => {
    const signals: AbortSignal[] = []
    const { backend } = counted((_, signal) => (signals.push(signal), NEXT))
    const shared = shareRefresh(backend)
    const impatient = new AbortController()

    const first = shared.refresh(OLD, context(impatient.signal))
    const second = bring(shared)
    impatient.abort(new Error('enough'))

    await expect(first).rejects.toThrow('enough')
    expect(await second).toMatchObject({ accessToken: 'AT-2' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await expect(shared.refresh(OLD, context(AbortSignal.abort(new Error('gone'))))).rejects.toThrow('gone')
  })

  test('gives an attempt up after `hold`, and lets the next one ask', async () => {
    let signalOfFirst: AbortSignal | undefined
    const { asked, backend } = counted((turn, signal) => {
      if (turn > 1) return NEXT
      signalOfFirst = signal
      return new Promise(() => {})
    })
    const shared = shareRefresh(backend, { hold: 50 })

    await expect(bring(shared)).rejects.toThrow('no answer within 50 ms')
    expect(signalOfFirst?.aborted).toBe(true)
    await sleep(60)
    expect(await bring(shared)).toMatchObject({ accessToken: 'AT-2' })
    expect(asked).toHaveLength(2)
  })

  test('refuses what it cannot work with, with a word on what to write', () => {
    expect(() => shareRefresh({} as AuthBackend)).toThrow('needs a backend with a `refresh`')
    for (const hold of [0, -1, Number.NaN, Infinity]) {
      expect(() => shareRefresh(counted().backend, { hold })).toThrow('`hold`')
    }
  })

  test('leaves all else of a backend as it is, of a class as well', async () => {
    class Backend implements AuthBackend {
      #secret = 'AT-9'
      resumable = true
      refresh = async () => NEXT
      get logoutWithoutToken() {
        return true
      }
      login() {
        return { access_token: this.#secret }
      }
      ended() {
        return this.#secret
      }
    }
    const shared = shareRefresh(new Backend())

    expect(shared.resumable).toBe(true)
    expect(shared.logoutWithoutToken).toBe(true)
    expect(shared.ended?.({ accessToken: 'AT-1' })).toBe('AT-9')
    expect(await shared.login?.({}, context())).toEqual({ access_token: 'AT-9' })
    expect('logout' in shared).toBe(false)
  })
})

describe('between processes', () => {
  test('asks once, whoever comes when', async () => {
    const { asked, backends, other } = pair()

    const replies = await Promise.all(times(30, (index) => bring(backends[index % 2]!)))
    await sleep(20)
    const late = await bring(other)

    expect(asked).toHaveLength(1)
    for (const reply of [...replies, late]) expect(reply).toEqual(replies[0])
  })

  test('counts a lifetime from when it was told, not from when it is read', async () => {
    const { one, other } = pair(() => ({ ...NEXT, expires_in: 10 }))
    const first = (await bring(one)) as AuthTokens
    await sleep(50)
    const second = (await bring(other)) as AuthTokens

    expect(second.expiresAt).toBe(first.expiresAt)
    expect(first.expiresAt).toBeGreaterThan(Date.now() + 9_000)
  })

  test('hands on the user that came beside the tokens', async () => {
    for (const reply of [
      { ...NEXT, user: { id: 7 } },
      { ...NEXT, data: { user: { id: 7 } } },
    ]) {
      const { one, other } = pair(() => reply)
      await bring(one)
      expect(await bring(other)).toMatchObject({ accessToken: 'AT-2', user: { id: 7 } })
    }
  })

  test.each([true, null])('shares %s', async (reply) => {
    const { asked, one, other } = pair(() => reply)

    expect(await bring(one)).toBe(reply)
    expect(await bring(other)).toBe(reply)
    expect(asked).toHaveLength(1)
  })

  test('asks for each who has nothing to be known by', async () => {
    const { asked, one, results } = pair(() => true)

    await Promise.all([one.refresh(null, context()), one.refresh(null, context())])

    expect(asked).toEqual([null, null])
    expect(results.commands).toBe(0)
  })

  test('goes by the access token where that is what buys the next', async () => {
    const tokens = { accessToken: 'AT-1' }
    const { asked, one, other } = pair(() => ({ access_token: 'AT-2', expires_in: 0.001 }))

    const replies = [await one.refresh(tokens, context()), await other.refresh(tokens, context())]

    expect(replies).toMatchObject([{ accessToken: 'AT-2' }, { accessToken: 'AT-2' }])
    expect(asked).toHaveLength(1)
  })

  test('asks again for who comes with the token that was handed out, where the server does not rotate', async () => {
    const { asked, one, other } = pair((turn) => ({ access_token: `AT-${turn + 1}` }))
    await bring(one)

    const second = await other.refresh({ ...OLD, accessToken: 'AT-2' }, context())
    const behind = await bring(one)

    expect(second).toMatchObject({ accessToken: 'AT-3', refreshToken: 'RT-1' })
    expect(behind).toEqual(second)
    expect(asked).toHaveLength(2)
  })

  test('does not wait with that for the others to know of the first', async () => {
    const { asked, one, results } = pair((turn) => ({ access_token: `AT-${turn + 1}` }))
    const swap = results.swap.bind(results)
    results.swap = async (...args) => {
      if (!args[2].startsWith('claim.')) await sleep(50)
      return swap(...args)
    }
    await bring(one)

    expect(await bring(one, { ...OLD, accessToken: 'AT-2' })).toMatchObject({ accessToken: 'AT-3' })
    expect(asked).toHaveLength(2)
  })

  test('does not hand out a token that has died since, where the server does not rotate', async () => {
    const { one, other } = pair((turn) => ({
      access_token: `AT-${turn + 1}`,
      expires_in: turn === 1 ? 0.02 : 60,
    }))
    await bring(one)
    await sleep(40)

    expect(await bring(other)).toMatchObject({ accessToken: 'AT-3' })
  })

  test('shares a refusal, with what the server said and without the way to the request', async () => {
    const { asked, backends, other, results } = pair(throws(refusal(400)))

    const outcomes = await settledAll(times(10, (index) => bring(backends[index % 2]!)))
    await sleep(20)
    const late = await bring(other).then(undefined, (error: AxiosError) => error)

    expect(asked).toHaveLength(1)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        reason: { response: { status: 400, data: { error: 'invalid_grant' } } },
      })
    }
    expect(isAxiosError(late)).toBe(true)
    const handedOn = await bring(shareRefresh(counted().backend, { results })).then(
      undefined,
      (error: AxiosError) => error,
    )
    expect(handedOn).toMatchObject({ status: 400, code: 'ERR_BAD_REQUEST', message: 'Status 400' })
    expect(JSON.stringify(handedOn)).not.toContain('RT-1')
  })

  test('asks again a while after a failure whose outcome is not known, not before', async () => {
    const { asked, one, other } = pair((turn) =>
      turn === 1 ? throws(new AxiosError('cut', 'ECONNRESET'))() : NEXT,
    )
    await expect(bring(one)).rejects.toMatchObject({ code: 'ECONNRESET' })

    await expect(bring(other)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(asked).toHaveLength(1)
    await sleep(1_050)
    expect(await bring(other)).toMatchObject({ accessToken: 'AT-2' })
  })

  test.each([
    ['503', refusal(503)],
    ['429', refusal(429)],
    ['a server that was never reached', new AxiosError('no', undefined, undefined, undefined, undefined)],
  ])('lets who tries again after %s wait a moment, and then asks once', async (name, error) => {
    if (!/\d/.test(name)) Object.assign(error, { cause: { code: 'ECONNREFUSED' } })
    const { asked, backends } = pair((turn) => (turn === 1 ? throws(error)() : NEXT))
    const all = () => settledAll(times(10, (index) => bring(backends[index % 2]!)))

    const first = await all()
    const start = performance.now()
    const second = await all()

    expect(first.map(({ status }) => status)).toEqual(times(10, () => 'rejected'))
    expect(second.map(({ status }) => status)).toEqual(times(10, () => 'fulfilled'))
    expect(asked).toHaveLength(2)
    expect(performance.now() - start).toBeGreaterThan(200)
  })

  test('leaves a server alone for as long as it asks for', async () => {
    const date = new Date().toUTCString()
    const until = new Date(Date.parse(date) + 60_000).toUTCString()
    for (const headers of [{ 'retry-after': '60' }, { 'Retry-After': until, Date: date }]) {
      const { asked, one, other } = pair((turn) => (turn === 1 ? throws(refusal(503, '', headers))() : NEXT))
      await expect(bring(one)).rejects.toMatchObject({ status: 503 })
      await sleep(350)

      await expect(bring(other)).rejects.toMatchObject({
        response: { headers: { 'retry-after': headers['retry-after'] ?? until } },
      })
      expect(asked).toHaveLength(1)
    }
  })

  test('keeps what is malformed no longer than a failure', async () => {
    const { asked, one, other } = pair((turn) => (turn === 1 ? { nothing: 'here' } : NEXT))

    expect(await bring(one)).toEqual({ nothing: 'here' })
    expect(await bring(other)).toEqual({ nothing: 'here' })
    await sleep(1_050)
    expect(await bring(other)).toMatchObject({ accessToken: 'AT-2' })
    expect(asked).toHaveLength(2)
  })

  test('hands on no more of a page than a few thousand characters', async () => {
    const { one, other, results } = pair(throws(refusal(502, `<!doctype html>${'x'.repeat(100_000)}`)))
    await expect(bring(one)).rejects.toMatchObject({ status: 502 })
    const told = await bring(other).then(undefined, (error: AxiosError) => error)

    expect(told).toMatchObject({ response: { data: expect.stringMatching(/^<!doctype html>x{1000}/) } })
    expect(results.written.at(-1)?.length).toBeLessThan(10_000)
  })
})

describe('an engine', () => {
  test('never gets a token, nor anything that can be read', async () => {
    const { one, results } = pair(() => ({ ...NEXT, user: { name: 'Ada' } }))
    await bring(one)
    await vi.waitFor(() => expect(results.written).toHaveLength(2))

    expect(results.written.map((value) => value.startsWith('claim.'))).toEqual([true, false])
    const all = JSON.stringify([[...results.values], results.written])
    for (const text of ['AT-1', 'AT-2', 'RT-1', 'RT-2', 'Ada', 'Bearer']) {
      expect(all).not.toContain(text)
      expect(all).not.toContain(Buffer.from(text).toString('base64url').slice(0, -1))
    }
    expect([...results.values.keys()]).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
  })

  test('that is away makes the refresh fail for now: nothing is asked', async () => {
    const { asked, one, results } = pair()
    results.isAway = true

    await expect(bring(one)).rejects.toThrow('The engine is away.')
    expect(asked).toEqual([])
    results.isAway = false
    expect(await bring(one)).toMatchObject({ accessToken: 'AT-2' })
  })

  test('that goes away meanwhile keeps nothing from who asked, and hears of it when it is back', async () => {
    const { asked, one, other, results } = pair(() => {
      results.isAway = true
      return NEXT
    })

    expect(await bring(one)).toMatchObject({ accessToken: 'AT-2' })
    await sleep(50)
    expect(await bring(one)).toMatchObject({ accessToken: 'AT-2' })
    results.isAway = false
    expect(await bring(other)).toMatchObject({ accessToken: 'AT-2' })
    expect(asked).toHaveLength(1)
  })

  test('that was restarted is not trusted until it is as old as `hold`', async () => {
    const { asked, one, other, results } = pair(undefined, 2_000)
    results.upFor = 1_999

    await expect(bring(one)).rejects.toThrow('restarted less than 2000 ms ago')
    await expect(bring(other)).rejects.toThrow('restarted less than 2000 ms ago')
    expect(asked).toEqual([])
    await sleep(1_050)
    results.upFor = 2_000
    expect(await bring(other)).toMatchObject({ accessToken: 'AT-2' })
  })

  test('that is emptied while somebody asks, gets the result all the same', async () => {
    const { asked, one, other, results } = pair(async () => {
      results.clear()
      results.upFor = 10
      await expect(bring(other)).rejects.toThrow('restarted')
      return NEXT
    })

    expect(await bring(one)).toMatchObject({ accessToken: 'AT-2' })
    await sleep(20)
    expect(await bring(other)).toMatchObject({ accessToken: 'AT-2' })
    expect(asked).toHaveLength(1)
  })

  test('whose value was changed, or put in the place of another, is not believed', async () => {
    const { asked, one, other, results } = pair()
    await bring(one)
    await sleep(300)
    const [[key = '', value = ''] = []] = results.values
    results.values.set(
      key,
      value.replace(/(?<=^.{40})./, (letter) => (letter === 'A' ? 'B' : 'A')),
    )

    await expect(bring(other)).rejects.toThrow()
    await one.refresh({ ...OLD, refreshToken: 'RT-x' }, context())
    await sleep(300)
    results.values.set(key, results.values.get([...results.values.keys()].at(-1)!)!)
    await expect(bring(other)).rejects.toThrow()
    expect(asked).toHaveLength(2)
  })
})

describe('a process that dies while it asks', () => {
  /** Lets time pass that nothing but timers tells; encryption takes its own. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      await vi.advanceTimersByTimeAsync(Math.min(250, ms - passed))
      await sleep(1)
    }
  }
  /** Lets time pass until something has happened. */
  async function passUntil(happened: () => boolean, step = 250): Promise<void> {
    while (!happened()) await pass(step)
  }
  /** Lets time pass until something has come of a promise. */
  async function outcomeOf<T>(work: Promise<T>, step = 250): Promise<T> {
    const state = { isOver: false }
    const end = () => (state.isOver = true)
    work.then(end, end)
    while (!state.isOver) await pass(step)
    return work
  }
  const fake = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })

  /** A claim that nobody keeps alive. */
  async function abandoned() {
    const setting = pair()
    const { results } = setting
    const dead = shareRefresh({ refresh: () => new Promise(() => {}) }, { results })
    fake()
    void bring(dead).then(undefined, () => {})
    while (results.values.size === 0) await pass(250)
    await pass(250)
    const [[key = '', claim = ''] = []] = results.values
    /** Says nothing new any more. */
    const swap = results.swap.bind(results)
    results.swap = async (...[at, expected, value, ttl]: Parameters<typeof swap>) =>
      value.startsWith(claim.replace(/\d+$/, '')) ? false : swap(at, expected, value, ttl)
    return { ...setting, key, claim }
  }

  test('is taken for dead after eight seconds of silence, and another one asks', async () => {
    const { asked, one, other } = await abandoned()
    const waiting = [bring(one), bring(other)]

    await pass(7_500)
    expect(asked).toHaveLength(0)

    expect(await outcomeOf(Promise.all(waiting))).toMatchObject([
      { accessToken: 'AT-2' },
      { accessToken: 'AT-2' },
    ])
    expect(asked).toHaveLength(1)
  })

  test('is not taken for dead by who could not hear it', async () => {
    const { asked, one, results } = await abandoned()
    const waiting = bring(one)
    await pass(3_000)
    const { get } = results
    // The engine hangs, and so does what was asked of it.
    results.get = async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      results.get = get
      return get.call(results, key)
    }

    await pass(11_000)
    expect(asked).toHaveLength(0)
    expect(await outcomeOf(waiting)).toMatchObject({ accessToken: 'AT-2' })
  })

  test('is not taken for dead while it says that it is alive, however slow the server', async () => {
    let answer!: (reply: unknown) => void
    const { asked, one, other } = pair(() => new Promise((resolve) => (answer = resolve)))
    fake()
    const waiting = [bring(one), bring(other)]
    await pass(25_000)
    expect(asked).toHaveLength(1)

    answer(NEXT)

    // In small steps: results are encrypted in threads of their own, and eight seconds without a word are not to pass meanwhile.
    expect(await outcomeOf(Promise.all(waiting), 10)).toMatchObject([
      { accessToken: 'AT-2' },
      { accessToken: 'AT-2' },
    ])
    expect(asked).toHaveLength(1)
  })

  test('and was but slow, gives its tokens to the one who has asked in vain', async () => {
    let answer!: (reply: TokenReply) => void
    let refuse!: (error: unknown) => void
    const { results } = pair()
    const slow = shareRefresh(
      { refresh: () => new Promise<TokenReply>((resolve) => (answer = resolve)) },
      { results },
    )
    const quick = shareRefresh(
      { refresh: () => new Promise<TokenReply>((_, reject) => (refuse = reject)) },
      { results },
    )
    fake()
    const first = Promise.resolve(bring(slow))
    // Keys are derived in threads of their own, which no fake clock moves.
    await passUntil(() => answer !== undefined, 100)
    const [[key = ''] = []] = results.values
    results.values.delete(key)
    const second = Promise.resolve(bring(quick))
    await passUntil(() => refuse !== undefined, 10)
    answer(NEXT)
    await pass(100)
    refuse(refusal(400))
    await pass(100)

    expect(await outcomeOf(Promise.all([first, second]))).toMatchObject([
      { accessToken: 'AT-2' },
      { accessToken: 'AT-2' },
    ])
  })

  test('or an engine that never lets a claim in, is looked at with growing pauses', async () => {
    const { asked, one, results } = pair()
    const MANY = 1_000
    let tries = 0
    results.swap = async () => {
      if (++tries > MANY) throw new Error('asked without a pause')
      return false
    }
    fake()
    const waiting = bring(one).then(undefined, (error: unknown) => error)

    await passUntil(() => tries > 5)
    expect(tries).toBeLessThan(MANY / 10)
    expect(asked).toHaveLength(0)
    expect(await outcomeOf(waiting)).toMatchObject({ message: expect.stringContaining('Nothing came') })
  })

  test.each([
    ['tokens', () => NEXT],
    ['a refusal', throws(refusal(400))],
  ])(
    'or an engine that never lets a result in, is tried with growing pauses and for a time: %s',
    async (_, answer) => {
      const { asked, one, results } = pair(answer, 10_000)
      const MANY = 1_000
      let tries = 0
      const swap = results.swap.bind(results)
      results.swap = async (...args) => {
        if (args[2].startsWith('claim.')) return swap(...args)
        if (++tries > MANY) throw new Error('asked without a pause')
        return false
      }
      fake()
      const outcome = bring(one).then(JSON.stringify, String)

      await passUntil(() => tries > 3)
      expect(tries).toBeLessThan(MANY / 10)
      expect(await outcomeOf(outcome)).toMatch(/AT-2|Status 400/)
      await pass(10_000)
      const after = tries
      await pass(5_000)
      expect([asked.length, tries - after]).toEqual([1, 0])
    },
  )

  test('and is started again, does not wait for what it was before', async () => {
    const { asked, one, results } = pair()
    results.isAway = false
    const swap = results.swap.bind(results)
    // The claim arrives; the answer to it is lost.
    results.swap = async (...args) => {
      await swap(...args)
      results.swap = swap
      throw new Error('The connection was cut.')
    }
    await expect(bring(one)).rejects.toThrow('cut')

    expect(await bring(one)).toMatchObject({ accessToken: 'AT-2' })
    expect(asked).toHaveLength(1)
  })
})
