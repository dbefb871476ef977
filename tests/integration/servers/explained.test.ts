import { onTestFinished, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure } from '../../support/outcomes.ts'
import { simpleJwtReplica } from '../../support/servers/django.ts'
import { start } from '../../support/servers/replica.ts'

test('finding 45: a refresh that is refused for the name of its field is explained, once', async () => {
  const baseURL = `${await start(simpleJwtReplica())}/api`
  const backend = httpBackend({ login: '/token/', refresh: '/token/refresh/', logout: false })
  const { app, store } = install({ axios: { baseURL }, backend })
  onTestFinished(() => app.unmount())
  await store.ready()

  for (const password of ['correct horse', 'correct horse']) {
    await store.login({ username: 'ann', password })
    await failure(store.refresh())
  }

  expectConsole(
    'warn',
    /POST \S+\/token\/refresh\/ answered 400\. Sent: `refresh_token`\. .*refreshField: "refresh"/,
  )
})
