import { describe, expect, it } from 'vitest'
import { firstStanding } from '../../../src/standing.ts'
import { Session } from '../../../src/session/session.ts'
import { listenersOf } from '../../support/listeners-of.ts'
import { failure } from '../../support/outcomes.ts'

const start = () => Session.start({ accessToken: 'AT1' }, { remember: true, leeway: 30, ...firstStanding(1) })

const forever = new Promise<never>(() => {})

describe('work that is done while a session is alive', () => {
  it('gives what it gives', async () => {
    expect(await start().whileAlive(Promise.resolve('user'))).toBe('user')
    expect(await failure(start().whileAlive(Promise.reject(new Error('down'))))).toEqual(new Error('down'))
  })

  it('is not waited for once the session ends, and the error says how it ended', async () => {
    const session = start()
    const cause = new Error('refused')
    const waiting = failure(session.whileAlive(forever))

    session.end('ERR_AUTH_EXPIRED', cause)

    expect(await waiting).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_EXPIRED', cause })
  })

  it('is not waited for where the session has ended before', async () => {
    const session = start()
    session.end('ERR_AUTH_SESSION_CHANGED')

    expect(await failure(session.whileAlive(forever))).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  })

  it('leaves nothing behind that waits for the end of the session', async () => {
    const session = start()

    await session.whileAlive(Promise.resolve())
    await failure(session.whileAlive(Promise.reject(new Error('down'))))

    expect(listenersOf(session.ended).count).toBe(0)
  })
})
