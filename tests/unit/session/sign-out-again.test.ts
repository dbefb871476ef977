import { describe, expect, it } from 'vitest'
import { firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { failure } from '../../support/outcomes.ts'
import { storageWith } from '../../support/stored-record.ts'
import { turns } from '../../support/turns.ts'

const told = ({ logouts }: ReturnType<typeof manualApp>) => logouts.map(({ input }) => input?.refreshToken)

describe('who signs out twice', () => {
  it('is signed out on the server once, also where the session was an earlier visit’s', async () => {
    const app = manualApp({ storage: storageWith({ accessToken: 'AT1', refreshToken: 'RT1' }) })
    await app.store.ready()
    const first = app.store.logout()
    await turns(50)
    app.logouts[0]?.answer(undefined)
    await first

    await app.store.logout()

    expect(told(app)).toEqual(['RT1'])
  })

  it('waits for the sign-out that is pending, though an earlier one has ended meanwhile', async () => {
    const app = manualApp({ backend: { resumable: true } })
    await turns(50)
    app.refreshes[0]?.answer(firstPair)
    await app.store.ready()
    const first = app.store.logout()
    await turns(50)
    await app.store.setTokens(nextPair)
    const second = app.store.logout()
    await turns(50)
    app.logouts[0]?.answer(undefined)
    await first

    const third = app.store.logout()
    await turns(50)

    expect(told(app)).toEqual(['RT1', 'RT2'])
    app.logouts[1]?.answer(undefined)
    await Promise.all([second, third])
  })
})

describe('who signs out while a refresh is pending', () => {
  it.each([
    ['could not be made', new Error('down')],
    ['was refused', Object.assign(new Error('no'), { response: { status: 400 } })],
  ])('has the server told of the tokens there are, where the refresh %s', async (_, error) => {
    const app = await signedInApp({}, firstPair)
    const refreshed = failure(app.store.refresh())
    await turns(50)
    const done = app.store.logout()
    app.refreshes[0]?.fail(error)
    await turns(50)

    expect(told(app)).toEqual(['RT1'])
    app.logouts[0]?.answer(undefined)
    await Promise.all([done, refreshed])
  })
})
