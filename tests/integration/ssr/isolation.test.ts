import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { authOnServer } from '../../../playground/setups/ssr-cookies.ts'
import { times } from '../../support/outcomes.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import { cookiesOf } from '../../support/ssr/cookies.ts'
import { pageServer } from '../../support/ssr/server.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { startServer } from '../../support/world.ts'

/** Waits for a random while, and now and then not at all. */
function randomPause(seed: number, longest = 25) {
  const random = seededRandom(seed)
  return { random, pause: () => (random() < 0.3 ? undefined : sleep(random() * longest)) }
}

/** Who sent which token to the API. */
const sentBy = (api: StrictServer) =>
  api.arrivals.map(({ headers, authorization }) => [headers['x-visitor'], authorization] as const)

test.each([1, 2, 3])(
  "53. pages that are rendered at the same time show and send nothing of one another's (seed %i)",
  async (seed) => {
    const { random, pause } = randomPause(seed)
    const api = await startServer()
    api.delay = () => random() * 25
    const cookies = await Promise.all(times(15, () => cookiesOf(api)))
    const server = pageServer(authOnServer, api.url, pause)
    const visits = times(60, (index) => ({ visitor: index % 20, cookie: cookies[index % 20] }))

    const pages = await Promise.all(
      visits.map(async ({ visitor, cookie }) => {
        await pause()
        const answer = await server.request('/', {
          headers: { 'x-visitor': String(visitor + 1), ...(cookie && { cookie }) },
        })
        return answer.text()
      }),
    )

    visits.forEach(({ visitor, cookie }, index) => {
      const known = cookie ? [String(visitor + 1)] : []
      expect([...pages[index]!.matchAll(/Hello (\w+)/g)].map(([, name]) => name)).toEqual(
        cookie ? known : ['stranger'],
      )
      expect([...pages[index]!.matchAll(/session&quot;:(\d+)/g)].map(([, id]) => id)).toEqual(known)
    })
    const sent = sentBy(api)
    expect(new Set(sent.map(([visitor]) => visitor)).size).toBe(20)
    for (const [visitor, authorization] of sent) {
      expect(authorization).toBe(Number(visitor) <= 15 ? `Bearer AT-${visitor}-1` : undefined)
    }
  },
)

test('53. what one page does to its session, its neighbours do not feel', async () => {
  const { random, pause } = randomPause(7)
  const api = await startServer()
  api.delay = () => random() * 10
  const cookies = await Promise.all(times(12, () => cookiesOf(api)))
  const server = pageServer(authOnServer, api.url, pause)

  const answers = await Promise.all(
    cookies.map((cookie, index) =>
      server.request(index % 3 === 0 ? '/session' : '/', {
        method: index % 3 === 0 ? 'DELETE' : 'GET',
        headers: { cookie, 'x-visitor': String(index + 1) },
      }),
    ),
  )

  for (const [index, answer] of answers.entries()) {
    if (index % 3 === 0) expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
    else expect(await answer.text()).toContain(`Hello ${index + 1}<`)
    if (index % 3 !== 0) expect(answer.headers.getSetCookie()).toEqual([])
  }
  expect(api.logouts).toBe(4)
})

test('a session is gone with its request', async () => {
  const api = await startServer()
  const server = pageServer(authOnServer, api.url)
  const first = await server.request('/', { headers: { cookie: await cookiesOf(api) } })
  const second = await server.request('/')

  expect(await first.text()).toContain('Hello 1')
  expect(await second.text()).toContain('Hello stranger')
  expect(sentBy(api).at(-1)).toEqual(['', undefined])
})

test('neither the page nor its payload holds a token', async () => {
  const api = await startServer()
  const server = pageServer(authOnServer, api.url)
  const cookie = await cookiesOf(api)

  const html = await (await server.request('/', { headers: { cookie } })).text()

  expect(html).toContain('Hello 1')
  expect(html).toContain('"user":{"id":1}')
  expect(html).not.toMatch(/[AR]T-\d/)
})
