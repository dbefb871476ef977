import { describe, expect, it } from 'vitest'
import { firstStanding } from '../../../src/standing.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import { Session } from '../../../src/session/session.ts'
import { createUserLoader } from '../../../src/session/user.ts'
import { manualApp } from '../../support/manual-app.ts'
import { failure } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { storageWith } from '../../support/stored-record.ts'

describe('a user who is asked for before the stored session is read', () => {
  it('is that of the stored session', async () => {
    const app = manualApp({
      storage: storageWith({ accessToken: 'AT1', refreshToken: 'RT1' }),
      backend: { user: async () => ada },
    })
    expect(app.store.status).toBe('pending')

    expect(await app.store.fetchUser()).toEqual(ada)
    expect(app.store.user).toEqual(ada)
  })

  it('is missed where there is none', async () => {
    const app = manualApp({ backend: { user: async () => ada } })

    expect(await failure(app.store.fetchUser())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  })
})

describe('a user whom a guard waits for', () => {
  it('is the one of the session there is, though the one before is still being asked for', async () => {
    const questions: ((user: typeof ada | typeof bob) => void)[] = []
    const context = {
      backend: { user: () => new Promise((resolve) => questions.push(resolve)) },
      report: () => {},
    } as unknown as AuthContext
    const lifecycle = createLifecycle(context)
    const users = createUserLoader(context, lifecycle)
    const begin = (generation: number) =>
      lifecycle.begin(
        Session.start({ accessToken: 'AT' }, { remember: true, leeway: 30, ...firstStanding(generation) }),
      )
    begin(1)
    users.beside()
    begin(2)

    const loaded = users.loaded()
    expect(questions).toHaveLength(2)
    questions[1]?.(bob)
    await loaded

    expect(lifecycle.user.value).toEqual(bob)
  })
})
