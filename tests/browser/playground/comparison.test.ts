import { beforeEach, describe, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

const EACH = 'Every request refreshes'
const SHARED = 'One shared promise'
const OURS = 'vue-auth-axios'

const send = (visit: PlaygroundVisit) => visit.press('button', 'Send 100 requests')

const lane = (visit: PlaygroundVisit, name: string, text: string) => visit.sees(text, 'region', name)

describe('the first page', () => {
  test('shows what three ways to refresh make of an expired token, to somebody who is not signed in', async () => {
    const visit = await PlaygroundVisit.begin('/')
    await visit.sees('100 requests, one expired token: what happens?')

    await send(visit)

    await lane(visit, EACH, 'Signed out\nThe same refresh token came twice.')
    await lane(visit, EACH, 'lost\n100')
    await lane(visit, SHARED, 'All answered, still signed in')
    await lane(visit, OURS, 'All answered, still signed in')
    await lane(visit, OURS, 'requests sent\n201\nrefresh\n1\ntoken used twice\n0\nlost\n0')
    await visit.sees('Open a second tab, or let the refresh fail')
    expect(await visit.audit({ width: 1440, colorScheme: 'dark' })).toEqual([])

    // Its rows are read with the keyboard.
    await visit.press('slider', `Look at one row: what “${OURS}” sends`)
    await visit.act({ do: 'type', keys: ['Home', 'ArrowRight'] })
    await lane(visit, OURS, 'Request 1: ')
    await visit.press('button', `Sign out here: ${OURS}`)
    await lane(visit, OURS, 'You signed out here.')
  })

  test('a refresh that fails once signs the others out, and is made again here; what is stale goes away', async () => {
    const visit = await PlaygroundVisit.begin('/')
    await visit.press('radio', 'answers 503 once')

    await send(visit)

    await lane(visit, EACH, 'Signed out')
    await lane(visit, SHARED, 'Signed out\nThe refresh failed, and the interceptor took that for the end')
    await lane(visit, OURS, 'All answered, still signed in')
    await lane(visit, OURS, 'refreshes\n2\ntoken used twice\n0\nlost\n0')
    await visit.press('radio', 'drops the connection once')
    await lane(visit, OURS, 'Not run yet')
  })

  test('a refresh that cannot be made loses requests here, and no session', async () => {
    const visit = await PlaygroundVisit.begin('/')
    await visit.press('radio', 'drops the connection once')

    await send(visit)

    await lane(visit, SHARED, 'Signed out')
    await lane(visit, OURS, '100 lost, still signed in')
    await lane(visit, OURS, 'got a new token and was answered')
  })
})

describe('with a second tab', () => {
  test('the shared promise sends a token twice; here one tab refreshes, and both hear of a logout', async () => {
    const visit = await PlaygroundVisit.begin('/')
    const second = () => visit.evaluate("document.querySelector('iframe')?.contentDocument.body.innerText")
    await visit.press('button', 'Open a second tab')
    await expect.poll(second, PATIENCE).toContain('Waits for the first tab')

    await send(visit)

    await lane(visit, EACH, 'Signed out')
    await lane(visit, SHARED, 'Signed out\nThe same refresh token came twice.')
    await lane(visit, OURS, 'All answered, still signed in')
    await lane(visit, OURS, 'refresh\n1\ntoken used twice\n0\nlost\n0')
    await visit.press('button', `Sign out here: ${OURS}`)
    await expect.poll(second, PATIENCE).toContain('Signed out in another tab.')
  })
})
