import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { gate } from '../../support/gate.ts'
import { heldAnswers } from '../../support/held-answers.ts'
import { type ManualApp, firstPair, manualApp, signedInApp } from '../../support/manual-app.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { failure } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'
import { turns } from '../../support/turns.ts'

const pair = (turn: number) => ({ access_token: `AT${turn}`, refresh_token: `RT${turn}` })

/** Somebody who has signed in with a server that answers when it is told to. */
async function signIn() {
  const server = heldAnswers()
  const app = await signedInApp({ axios: { baseURL: 'https://api.ok', adapter: server.adapter } }, firstPair)
  const { http } = app.auth
  return { app, server, http }
}

/** Answers the refresh that is pending. */
async function answer({ refreshes }: ManualApp, turn: number): Promise<void> {
  await turns(30)
  refreshes.at(-1)?.answer(pair(turn))
  await turns(30)
}

describe('a 401 that comes after a later token was refused as well', () => {
  it('does not make that one be tried again: a new request waits for the refresh', async () => {
    const { app, server, http } = await signIn()
    server.valid = 'AT3' // the token of the first refresh is dead by the time it is used
    server.held.add('/late')
    const late = Promise.allSettled([http.get('/late')])
    const first = failure(http.get('/first'))
    await answer(app, 2)
    expect(await first).toMatchObject({ response: { status: 401 } })
    const second = http.get('/second')
    await turns(30)
    expect(app.refreshes).toHaveLength(2)

    server.release('/late')
    await turns(30)
    const before = server.sent.length
    const third = http.get('/third')
    await turns(30)
    expect(server.sent).toHaveLength(before)
    await answer(app, 3)

    expect((await Promise.all([second, third])).map(({ data }) => data)).toEqual(['/second', '/third'])
    await late
    expect(app.refreshes).toHaveLength(2)
  })
})

describe('the 401 of a body that cannot be sent twice', () => {
  it('is the caller’s own and causes no refresh, where the token has changed since', async () => {
    const { app, server, http } = await signIn()
    server.held.add('/upload')
    server.valid = 'AT2'
    const upload = failure(http.post('/upload', Readable.from(['a'])))
    const other = http.get('/other')
    await answer(app, 2)
    await other

    server.release('/upload')

    expect(await upload).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    await turns(30)
    expect(app.refreshes).toHaveLength(1)
  })
})

describe('a request that waits for the stored session', () => {
  it('is not sent any more where the application is unmounted meanwhile, and says why', async () => {
    const read = gate()
    const storage = new MemoryStorage()
    storage.before = () => read.passed
    const { adapter, sent } = recordingAdapter()
    const { app, auth } = manualApp({ storage, axios: { baseURL: 'https://api.ok', adapter } })
    const answered = failure(auth.http.get('/x'))

    app.unmount()
    read.open()

    expect(await answered).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(sent).toEqual([])
  })
})
