import { beforeEach, describe, expect, test } from 'vitest'
import type { Look } from '../../support/playground-commands.ts'
import { PlaygroundVisit, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

/** Axe takes its time: of the other two, the colours alone are new. */
const LOOKS: Look[] = [
  { width: 320, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark', rules: ['color-contrast'] },
  { width: 1440, colorScheme: 'light', rules: ['color-contrast'] },
  { width: 1440, colorScheme: 'dark' },
]

/** Looks at the page with all that can be opened, as people do who look closely. */
async function audited(visit: PlaygroundVisit): Promise<void> {
  await visit.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
  for (const look of LOOKS) expect(await visit.audit(look), JSON.stringify(look)).toEqual([])
}

describe('every page can be used by everyone', () => {
  test.for([
    ['/', '100 requests, one expired token'],
    ['/login', 'Sign in', 'httpBackend({'],
    ['/identities', 'Two identities', 'createAuthAxios({ id: role.id'],
    ['/back-end', 'A back end for the front end', 'shareRefresh(httpBackend()'],
    ['/second-tab?of=nobody', 'Waits for the first tab'],
    ['/oauth2/callback', 'The sign-in did not work'],
    ['/about', 'What to try'],
    ['/nowhere', 'There is no such page'],
  ])('%s', async ([path, text, code = '']) => {
    const visit = await PlaygroundVisit.begin(path)
    await visit.sees(text!)
    await audited(visit)
    await visit.sees(code)
  })

  test('those that ask for a session, with code and charts', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn()
    await visit.sees('Harbour')
    await audited(visit)
    await visit.sees('httpBackend({')

    await visit.press('link', 'Live')
    await visit.sees('Observatory')
    await audited(visit)

    await visit.act({ do: 'go', path: '/stations/1' })
    await visit.sees('Harbour')
    await audited(visit)
  })
})

describe('a way back from the provider that leads nowhere', () => {
  test('says so, in the title as well, and what to do', async () => {
    const visit = await PlaygroundVisit.begin('/login')
    await visit.press('radio', 'OAuth: sign in at an OpenID provider')
    await visit.finds('button', 'Sign in at the provider')
    await visit.act({ do: 'go', path: '/oauth2/callback?error=access_denied' })

    await visit.sees('You are not signed in.', 'alert')
    expect(await visit.evaluate('document.title')).toBe('The sign-in did not work · vue-auth-axios')
    await audited(visit)
    await visit.press('link', 'Sign in again')
    await visit.finds('button', 'Sign in at the provider')
  })
})

describe('a visitor without a mouse', () => {
  test('skips to the content, and is taken along from page to page', async () => {
    const visit = await PlaygroundVisit.begin('/about')
    await visit.sees('What to try')
    const focus = () => visit.evaluate('document.activeElement.id')

    await visit.act({ do: 'type', keys: ['Tab', 'Enter'] })
    expect(await focus()).toBe('main')

    await visit.press('link', 'Comparison')
    await visit.sees('100 requests, one expired token: what happens?')
    expect(await visit.evaluate('document.title')).toBe('100 requests, one expired token · vue-auth-axios')
    expect(await focus()).toBe('main')
  })
})

describe('the panel of requests', () => {
  test('leaves out those of the playground itself unless it is asked for them', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn()
    await visit.sees('/items/…', 'region', 'What this tab sends')
    const shown = () => visit.evaluate("document.querySelector('#traffic').innerText")

    expect(await shown()).not.toContain('/debug/')
    await visit.press('checkbox', 'Show the playground’s own requests')
    await expect.poll(shown).toContain('/debug/')
  })

  test('is in view once a hundred requests are sent, in a small window too', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn()
    await visit.sees('Harbour')
    await visit.audit({ width: 360, colorScheme: 'light' })

    await visit.press('button', 'Send')

    const top = () => visit.evaluate("document.querySelector('#traffic').getBoundingClientRect().top")
    await expect.poll(top, { timeout: 5_000 }).toBeLessThan(900)
    await visit.sees('100 answered, 0 lost', 'region', 'Make trouble')
  })
})

describe('what another tab does', () => {
  test('is told: where the token came from, and that it has signed out', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn()
    const other = await PlaygroundVisit.begin('/dashboard')
    await other.sees('Harbour')

    await other.press('button', 'Expire every token')
    await other.sees('Every access token is refused from now on.')
    await other.press('button', 'Read again')
    await visit.sees('The new access token came from another tab.', 'region', 'Session')
    await other.press('button', 'Sign out')

    await visit.sees('You signed out in another tab.')
    await visit.isAt('/login?redirect=/dashboard')
  })
})
