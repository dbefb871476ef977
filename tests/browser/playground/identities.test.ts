import { beforeEach, describe, expect, test } from 'vitest'
import { PlaygroundVisit, counted, forgetEverything, planFaults } from '../../support/playground-visit.ts'
import { followRefusals } from './refusals.ts'

beforeEach(forgetEverything)

const ADMIN = 'The admin'
const MEMBER = 'The member'

/** Signs an admin and a member in, side by side. */
async function visitBoth(): Promise<PlaygroundVisit> {
  const visit = await PlaygroundVisit.begin('/identities')
  await visit.signIn('ada', ADMIN)
  await visit.sees('Ada Lovelace, admin', 'region', ADMIN)
  await visit.signIn('bob', MEMBER)
  await visit.sees('Bob Kahn, member', 'region', MEMBER)
  return visit
}

async function expire(visit: PlaygroundVisit): Promise<void> {
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')
}

describe('two identities on one page', () => {
  test('are signed in beside each other, and neither is the one of the page', async () => {
    const visit = await visitBoth()

    await visit.sees('Sign in', 'banner')
    await visit.isAt('/identities')
  })

  test('send their own tokens', async () => {
    const visit = await visitBoth()

    await visit.press('button', 'Send 20', ADMIN)
    await visit.sees('20 answered, 0 failed.', 'region', ADMIN)
    const adas = new Set((await visit.sent('/items/')).map(({ token }) => token))
    await visit.press('button', 'Send 20', MEMBER)
    await visit.sees('20 answered, 0 failed.', 'region', MEMBER)
    const all = new Set((await visit.sent('/items/')).map(({ token }) => token))

    expect(adas.size).toBe(1)
    expect(all.size).toBe(2)
  })

  test('refresh each for itself', async () => {
    const visit = await visitBoth()
    await expire(visit)

    const count = await counted(async () => {
      await visit.press('button', 'Send 20', ADMIN)
      await visit.sees('20 answered, 0 failed.', 'region', ADMIN)
    })
    await visit.sees('Refreshes here\n1', 'region', ADMIN)
    await visit.sees('Refreshes here\n0', 'region', MEMBER)
    expect(count).toMatchObject({ refreshes: 1, served: 20 })

    await visit.press('button', 'Send 20', MEMBER)
    await visit.sees('20 answered, 0 failed.', 'region', MEMBER)
    await visit.sees('Refreshes here\n1', 'region', MEMBER)
    await visit.sees('Refreshes here\n1', 'region', ADMIN)
  })

  test('are signed out one by one', async () => {
    const visit = await visitBoth()

    await visit.press('button', 'Sign out', ADMIN)
    await visit.sees('anonymous', 'region', ADMIN)

    await visit.press('button', 'Send 20', MEMBER)
    await visit.sees('20 answered, 0 failed.', 'region', MEMBER)
    await visit.act({ do: 'reload' })
    await visit.sees('Bob Kahn, member', 'region', MEMBER)
    await visit.sees('anonymous', 'region', ADMIN)
  })

  test('expire one by one, and move nobody anywhere', async () => {
    const visit = await visitBoth()
    await expire(visit)
    await visit.press('button', 'Refuse the next refresh')
    await visit.sees('Whoever refreshes next loses the session.')
    const refusals = await followRefusals(visit)
    const journey = await visit.followRouter()

    await visit.press('button', 'Send 20', MEMBER)
    await visit.sees('0 answered, 20 failed: ERR_AUTH_EXPIRED.', 'region', MEMBER)
    await visit.sees('expired', 'region', MEMBER)
    await visit.press('button', 'Send 20', ADMIN)
    await visit.sees('20 answered, 0 failed.', 'region', ADMIN)

    expect(await journey()).toEqual([])
    expect(await refusals(), 'explained once').toHaveLength(1)
  })

  test('have nothing to say about pages that ask for the page’s own', async () => {
    const visit = await visitBoth()

    await visit.press('link', 'Dashboard')

    await visit.isAt('/login?redirect=/dashboard')
  })

  test('outlive the page’s own session', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn('bob')
    await visit.sees('Bob Kahn', 'banner') // a link that is followed before would be overtaken by the way back
    await visit.press('link', 'Identities')
    await visit.signIn('ada', ADMIN)
    await visit.sees('Ada Lovelace, admin', 'region', ADMIN)
    await visit.press('link', 'Dashboard')
    await visit.sees('Bob Kahn', 'banner')
    await planFaults([401])
    const refusals = await followRefusals(visit)
    await visit.press('button', 'Expire every token')
    await visit.sees('Every access token is refused from now on.')

    await visit.press('button', 'Read again')
    await visit.sees('Your session has ended.')
    await visit.press('link', 'Identities')
    await visit.press('button', 'Send 20', ADMIN)

    await visit.sees('20 answered, 0 failed.', 'region', ADMIN)
    expect(await refusals(), 'explained once').toHaveLength(1)
  })

  test('are told wrong passwords apart', async () => {
    const visit = await PlaygroundVisit.begin('/identities')
    await visit.fill('Password', 'wrong', ADMIN)
    await visit.press('button', 'Sign in', ADMIN)

    await visit.sees('Name and password do not match.', 'region', ADMIN)
    expect(await visit.evaluate('document.body.innerText.split("do not match").length')).toBe(2)
  })
})
