import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, type Resolution, createConsumer } from './consumer.ts'

const both: Resolution[] = ['nodenext', 'bundler']

const installed = { vue: own('vue'), pinia: own('pinia'), axios: own('axios') }

const applications: { what: string; peers: Record<string, string>; resolutions: Resolution[] }[] = [
  {
    what: 'the peers of this repository',
    peers: { ...installed, 'vue-router': own('vue-router') },
    resolutions: both,
  },
  { what: 'no vue-router', peers: installed, resolutions: both },
  {
    what: 'the oldest peers that fit each other',
    peers: { vue: '3.5.11', pinia: '3.0.0', axios: '1.7.0', 'vue-router': '4.5.0' },
    // This vue-router declares itself as CommonJS: under nodenext it augments another `vue` than everybody else does,
    // and TypeScript keeps one of the two.
    resolutions: ['bundler'],
  },
]

describe.each(applications)('an application with $what', ({ peers, resolutions }) => {
  const files = ['main.ts', 'augmented.ts', ...('vue-router' in peers ? ['routed.ts'] : [])]
  let app: Consumer

  beforeAll(async () => {
    app = await createConsumer()
    app.install(peers)
  })
  afterAll(() => app.remove())

  it.each(resolutions)('type-checks (%s)', async (resolution) => {
    expect(await app.check(resolution, files)).toEqual([])
  })

  it('bundles', async () => {
    expect(await app.bundle()).toContain('/auth/refresh')
  })
})

function own(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
