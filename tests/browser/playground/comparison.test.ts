import { beforeEach, describe, expect, test, vi } from 'vitest'
import { PATIENCE, PlaygroundVisit, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

// A machine with other things to do takes its time for six hundred requests.
vi.setConfig({ testTimeout: 60_000 })

const EACH = 'Every request refreshes'
const SHARED = 'One shared promise'
const OURS = 'vue-auth-axios'

const lane = (visit: PlaygroundVisit, name: string, text: string) => visit.sees(text, 'region', name)

/** How busy the machine is, in ms. */
async function timeOfHundredRequests(): Promise<number> {
  const start = performance.now()
  const answers = await Promise.all(Array.from({ length: 100 }, () => fetch('/api/debug/stats')))
  await Promise.all(answers.map((answer) => answer.text()))
  return performance.now() - start
}

describe('the first page', () => {
  test('shows what three ways to refresh make of an expired token, to somebody who is not signed in', async () => {
    const before = await timeOfHundredRequests()
    const visit = await PlaygroundVisit.begin('/')
    await visit.sees('100 requests, one expired token: what happens?')

    await visit.compare()
    const took = await visit.evaluate(
      "performance.now() - performance.getEntriesByName('first-contentful-paint')[0].startTime",
    )
    const pace = Math.max(before, await timeOfHundredRequests())

    // Six hundred requests: a machine with other things to do is measured by how long it takes for a hundred.
    expect(took, 'from the first paint to a finished comparison').toBeLessThan(Math.max(10_000, 25 * pace))
    await lane(visit, EACH, 'Signed out\nThe same refresh token came twice.')
    await lane(visit, EACH, 'lost\n100')
    await lane(visit, SHARED, 'All answered, still signed in')
    await lane(visit, OURS, 'All answered, still signed in')
    await lane(visit, OURS, 'requests sent\n201\nrefresh\n1\ntoken used twice\n0\nlost\n0')
    await lane(visit, SHARED, 'Now open a second tab, or let the refresh fail')
    expect(await visit.audit({ width: 1440, colorScheme: 'dark' })).toEqual([])

    // Its rows are read with the keyboard.
    await visit.press('slider', `Look at one row: what “${OURS}” sends`)
    await visit.act({ do: 'type', keys: ['Home', 'ArrowRight'] })
    await lane(visit, OURS, 'Request 1: ')
  })

  test('a refresh that fails once signs the others out, and is made again here; what is stale goes away', async () => {
    const visit = await PlaygroundVisit.begin('/')
    await visit.press('radio', 'answers 503 once')

    await visit.compare()

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

    await visit.compare()

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

    await visit.compare()

    await lane(visit, EACH, 'Signed out')
    await lane(visit, SHARED, 'Signed out\nThe same refresh token came twice.')
    await lane(visit, OURS, 'All answered, still signed in')
    await lane(visit, OURS, 'refresh\n1\ntoken used twice\n0\nlost\n0')
    await visit.press('button', `Sign out here: ${OURS}`)
    await expect.poll(second, PATIENCE).toContain('Signed out in another tab.')
  })
})
