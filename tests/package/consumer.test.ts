import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, type Resolution, createConsumer } from './consumer.ts'

const both: Resolution[] = ['nodenext', 'bundler']

const installed = { vue: own('vue'), pinia: own('pinia'), axios: own('axios') }

interface Application {
  what: string
  peers: Record<string, string>
  resolutions: Resolution[]
}

const applications: Application[] = [
  {
    what: 'the peers of this repository',
    peers: { ...installed, 'vue-router': own('vue-router'), msw: own('msw') },
    resolutions: both,
  },
  { what: 'no vue-router and no msw', peers: installed, resolutions: both },
  {
    what: 'the oldest peers that fit each other',
    peers: { vue: '3.5.11', pinia: '3.0.0', axios: '1.7.0', 'vue-router': '4.5.0', msw: '2.0.0' },
    // This vue-router declares itself as CommonJS: under nodenext it augments another `vue` than everybody else does,
    // and TypeScript keeps one of the two.
    resolutions: ['bundler'],
  },
]

/** All of them are made at once: npm waits for the network most of the time. */
const consumers = new Map<Application, Promise<Consumer>>()

beforeAll(async () => {
  for (const application of applications) consumers.set(application, createConsumer(application.peers))
  await Promise.all(consumers.values())
})
afterAll(async () => {
  for (const consumer of await Promise.allSettled(consumers.values()))
    if (consumer.status === 'fulfilled') await consumer.value.remove()
})

describe.each(applications)('an application with $what', (application) => {
  const { peers, resolutions } = application
  const hasRouter = 'vue-router' in peers
  const hasMsw = 'msw' in peers
  const files = [
    'main.ts',
    'augmented.ts',
    ...(hasRouter ? ['routed.ts'] : []),
    hasMsw ? 'testing.ts' : 'testing-alone.ts',
  ]
  let app: Consumer

  beforeAll(async () => {
    app = (await consumers.get(application))!
  })

  it.each(resolutions)('type-checks (%s)', (resolution) => {
    expect(app.check(resolution, files)).toEqual([])
  })

  it('bundles', async () => {
    expect(await app.bundle()).toContain('/auth/refresh')
  })

  if (hasMsw) {
    it('tests itself against an API of MSW', async () => {
      expect(await app.run('testing.ts')).toEqual({
        items: ['tea', 'tea', 'tea'],
        refreshes: 1,
        unauthorized: 3,
      })
    })
  } else {
    it('tests itself without MSW, and is told what to install where it wants it', async () => {
      expect(await app.run('testing-alone.ts')).toEqual({
        status: 'authenticated',
        name: 'Ada',
        complaint: 'authHandlers() makes handlers for MSW. Install it: npm install -D msw.',
      })
    })
  }
})

function own(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
