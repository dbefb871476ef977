import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { simpleJwt } from '../../../playground/setups/servers/simple-jwt.ts'
import { djangoSimpleJwt } from '../../servers/fleet/django.ts'
import type { RunningServer } from '../../servers/fleet/real-server.ts'
import { Workshop, hasPython } from '../../servers/machine.ts'
import { install } from '../../support/app.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'

const isThere = hasPython('django', 'rest_framework', 'rest_framework_simplejwt')

describe.skipIf(!isThere)('Django SimpleJWT itself (Debian: python3-djangorestframework-simplejwt)', () => {
  const { credentials, wrong } = djangoSimpleJwt
  let workshop: Workshop
  let server: RunningServer

  beforeAll(async () => {
    workshop = new Workshop()
    server = await djangoSimpleJwt.start(workshop, '')
  }, 120_000)
  afterAll(() => workshop.close())

  async function visit() {
    const { app, store, auth } = install({ ...simpleJwt, axios: { baseURL: `${server.origin}/api` } })
    onTestFinished(() => app.unmount())
    await store.ready()
    return { store, http: auth.http }
  }

  /** Somebody whose access token is dead. */
  async function signedIn() {
    const visitor = await visit()
    await visitor.store.login(credentials)
    await visitor.store.setTokens({ ...visitor.store.tokens, accessToken: 'dead' })
    return visitor
  }

  /** What the server has printed of refreshes. */
  const refreshes = (status: number) =>
    workshop.log().match(new RegExp(`POST /api/token/refresh/ HTTP/1.1" ${status}`, 'g'))?.length ?? 0

  test('refuses a wrong password', async () => {
    const { store } = await visit()

    expect(await failure(store.login(wrong))).toMatchObject({ response: { status: 401 } })
    expect(store.status).toBe('anonymous')
  })

  test('refreshes once for 50 requests with a dead token', async () => {
    const { store, http } = await signedIn()

    const { errors } = await outcomes(times(50, () => http.get('/items/')))

    expect(errors).toEqual([])
    expect(store.user).toMatchObject({ username: 'ann' })
    await vi.waitFor(() => expect([refreshes(200), refreshes(401)]).toEqual([1, 0]))
  }, 30_000)

  test('ends a session that the server has ended', async () => {
    const { store, http } = await signedIn()
    await server.revoke()

    expect(await failure(http.get('/items/'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
  })

  test('forgets a session that is signed out', async () => {
    const { store } = await signedIn()
    const { tokens } = store
    await store.logout()
    const { store: thief } = await visit()
    await thief.setTokens({ ...tokens })

    expect(await failure(thief.refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  })
})
