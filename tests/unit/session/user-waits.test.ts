import { describe, expect, it } from 'vitest'
import type { AuthUser } from '../../../src/index.ts'
import { firstStanding } from '../../../src/standing.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import { Session } from '../../../src/session/session.ts'
import { createUserLoader } from '../../../src/session/user.ts'
import { failure, outcomes } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'

/** A user that is asked for, and waits for the test to answer. */
interface Asked {
  answer(user: AuthUser): void
  fail(error: unknown): void
}

/** The loader of an application with a session, whose backend is in the test's hands. */
function loader({ knowsUsers = true } = {}) {
  const asked: Asked[] = []
  const errors: unknown[] = []
  const user = () =>
    new Promise<AuthUser>((answer, fail) => {
      asked.push({ answer, fail })
    })
  const context = {
    backend: knowsUsers ? { user } : {},
    report: (error: unknown) => void errors.push(error),
  } as unknown as AuthContext
  const lifecycle = createLifecycle(context)
  const users = createUserLoader(context, lifecycle)
  let generation = 0
  const begin = () => {
    const beginning = { remember: true, leeway: 30, ...firstStanding(++generation) }
    const session = Session.start({ accessToken: 'AT' }, beginning)
    lifecycle.begin(session)
    return session
  }
  begin()
  return { asked, errors, lifecycle, users, begin }
}

describe('whoever waits for the user', () => {
  it('waits for nobody where the backend cannot load one', async () => {
    const { users } = loader({ knowsUsers: false })

    await expect(users.loaded()).resolves.toBeUndefined()
  })

  it('asks nobody where he is there already', async () => {
    const { users, lifecycle, asked } = loader()
    lifecycle.user.value = ada

    await users.loaded()

    expect(asked).toHaveLength(0)
  })

  it('waits for the one who is loading, and asks for him once', async () => {
    const { users, lifecycle, asked } = loader()
    users.beside()

    const both = Promise.all([users.loaded(), users.loaded()])
    expect(asked).toHaveLength(1)
    asked[0]?.answer(ada)
    await both

    expect(lifecycle.user.value).toEqual(ada)
  })

  it('hears of it where he who is loading cannot be loaded', async () => {
    const { users, asked } = loader()
    users.beside()
    const waiting = failure(users.loaded())
    const error = new Error('down')

    asked[0]?.fail(error)

    expect(await waiting).toBe(error)
  })

  it('has him asked for once more where he could not be loaded before', async () => {
    const { users, lifecycle, asked } = loader()
    const first = failure(users.loaded())
    asked[0]?.fail(new Error('down'))
    await first

    const second = users.loaded()
    expect(asked).toHaveLength(2)
    asked[1]?.answer(ada)
    await second

    expect(lifecycle.user.value).toEqual(ada)
  })

  it('waits for the one of the session there is, also once that of the session before has come', async () => {
    const { users, lifecycle, asked, begin } = loader()
    users.beside()
    begin()
    users.beside()
    asked[0]?.answer(ada)
    await turns(20)

    const waiting = users.loaded()
    expect(asked).toHaveLength(2)
    asked[1]?.answer(bob)
    await waiting

    expect(lifecycle.user.value).toEqual(bob)
  })
})

describe('the user of a session that is over', () => {
  it('is asked for by nobody, and the error says how it ended', async () => {
    const { users, lifecycle, asked } = loader()
    lifecycle.current.value?.end('ERR_AUTH_EXPIRED')

    expect(await failure(users.fetchUser())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(asked).toHaveLength(0)
  })

  it('is not shown, whether he comes before or after its end', async () => {
    const { users, lifecycle, asked, begin } = loader()
    const fetched = outcomes([users.fetchUser()])
    asked[0]?.answer(ada)

    begin()

    expect((await fetched).errors).toMatchObject([{ code: 'ERR_AUTH_SESSION_CHANGED' }])
    expect(lifecycle.user.value).toBeNull()
  })

  it('is not missed: nobody is told', async () => {
    const { users, errors, asked, begin } = loader()
    users.beside()

    begin()
    asked[0]?.fail(new Error('down'))
    await turns(20)

    expect(errors).toEqual([])
  })
})
