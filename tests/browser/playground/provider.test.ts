import { beforeEach, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

/** Fills in the provider's own page, which is not of this app. */
async function fillIn(visit: PlaygroundVisit, code?: string): Promise<void> {
  const address = () => visit.evaluate('location.pathname')
  await expect.poll(address, PATIENCE).toContain('/oidc/interaction/')
  await visit.fill('Name (ada or bob)', 'ada')
  await visit.fill('Password (the same)', 'ada')
  if (code) await visit.fill('One-time code (000000)', code)
  await visit.press('button', 'Sign in')
}

test('a visitor signs in at the provider, refreshes, shows a second factor, and signs out there too', async () => {
  const visit = await PlaygroundVisit.begin('/stations/3')
  await visit.press('radio', 'OAuth: sign in at an OpenID provider')
  await visit.press('button', 'Sign in at the provider')
  await fillIn(visit)
  await visit.isAt('/stations/3')
  await visit.sees('North Ridge')
  await visit.sees('signed in at the provider', 'banner')

  await visit.press('link', 'Dashboard')
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')
  await visit.press('button', 'Send')
  await visit.sees('100 answered, 0 lost, 1 refresh, 0 tokens used twice', 'region', 'Make trouble')

  await visit.press('button', 'Open the vault')
  await fillIn(visit, '000000')
  await visit.isAt('/dashboard')
  await visit.press('button', 'Open the vault')
  await visit.sees('The vault is open.')

  await visit.press('button', 'Sign out')
  await visit.press('button', 'Sign out here as well')
  await visit.isAt('/login')
  await visit.press('button', 'Sign in at the provider')
  const isAsked = () => visit.evaluate('location.pathname')
  await expect.poll(isAsked, PATIENCE).toContain('/oidc/interaction/')
})
