import { describe, expect, it } from 'vitest'
import type { AuthUser } from '../../../src/index.ts'
import { type ManualApp, manualApp } from '../../support/manual-app.ts'
import { failure } from '../../support/outcomes.ts'
import { ada } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'

/** A user that is asked for, and waits for the test to answer. */
interface Asked {
  answer(user: AuthUser): void
  fail(error: unknown): void
}

/** An application whose session is kept in a cookie, and that knows users. */
function cookieApp(): ManualApp & { users: Asked[] } {
  const users: Asked[] = []
  const user = () =>
    new Promise<AuthUser>((answer, fail) => {
      users.push({ answer, fail })
    })
  return { ...manualApp({ backend: { resumable: true, user } }), users }
}

/** The same, for a visitor whom the server does not know. */
async function anonymousApp() {
  const app = cookieApp()
  await turns(50)
  app.refreshes[0]?.answer(null)
  await app.store.ready()
  await turns(50)
  return app
}

describe('a login where the server keeps the session in a cookie', () => {
  it('is not made any more where a later one came while it waited: its cookie would stay behind', async () => {
    const app = cookieApp()
    const overtaken = failure(app.store.login({ name: 'ada' }))
    const second = app.store.login({ name: 'bob' }, { redirect: false })
    await turns(50)
    app.refreshes[0]?.answer(null)
    await turns(100)

    expect(await overtaken).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.logins.map(({ input }) => input)).toEqual([{ name: 'bob' }])
    app.logins[0]?.answer({ access_token: 'AT1' })
    await turns(50)
    app.users[0]?.answer(ada)
    await second
  })

  it('takes the session that there was with it where its user cannot be loaded: the cookie is gone', async () => {
    const app = cookieApp()
    await turns(50)
    app.refreshes[0]?.answer({ access_token: 'AT1' })
    await app.store.ready()
    await turns(50)
    const failed = failure(app.store.login({}))
    await turns(50)
    app.logins[0]?.answer({ access_token: 'AT2' })
    await turns(50)

    const error = new Error('down')
    app.users.at(-1)?.fail(error)

    expect(await failed).toBe(error)
    await turns(50)
    expect(app.store.status).toBe('anonymous')
    expect(app.ends).toEqual(['logout'])
    expect(app.logouts).toHaveLength(1)
    app.logouts[0]?.answer(null)
  })

  it('leaves a later one alone where its own user cannot be loaded', async () => {
    const app = await anonymousApp()
    const failed = failure(app.store.login({ name: 'ada' }))
    await turns(50)
    app.logins[0]?.answer({ access_token: 'AT1' })
    await turns(50)
    const second = app.store.login({ name: 'bob' })
    await turns(50)
    app.logins[1]?.answer({ access_token: 'AT2' })
    await turns(50)
    app.users[1]?.answer(ada)
    await second

    app.users[0]?.fail(new Error('down'))
    await failed
    await turns(50)

    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT2', user: ada })
    expect(app.logouts).toHaveLength(0)
  })
})
