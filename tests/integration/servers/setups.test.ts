import { describe, expect, onTestFinished, test } from 'vitest'
import { behindAuthRequest, behindBasic } from '../../../playground/setups/servers/behind-a-proxy.ts'
import {
  betterAuthBearer,
  betterAuthCookie,
  betterAuthJwt,
} from '../../../playground/setups/servers/better-auth.ts'
import { deviseJwt } from '../../../playground/setups/servers/devise-jwt.ts'
import { directus, directusCookie } from '../../../playground/setups/servers/directus.ts'
import { djangoSessions } from '../../../playground/setups/servers/django-sessions.ts'
import { jwtCookies } from '../../../playground/setups/servers/jwt-cookies.ts'
import { sanctum } from '../../../playground/setups/servers/sanctum.ts'
import { simpleJwt } from '../../../playground/setups/servers/simple-jwt.ts'
import { strapi, strapiCookie } from '../../../playground/setups/servers/strapi.ts'
import { tokenEndpoint } from '../../../playground/setups/servers/token-endpoint.ts'
import { tymonJwt } from '../../../playground/setups/servers/tymon-jwt.ts'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { CookieJar } from '../../support/cookie-jar.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { betterAuthReplica } from '../../support/servers/better-auth.ts'
import { deviseReplica } from '../../support/servers/devise.ts'
import { directusReplica } from '../../support/servers/directus.ts'
import { djangoSessionsReplica, simpleJwtReplica } from '../../support/servers/django.ts'
import { jwtCookiesReplica } from '../../support/servers/jwt-cookies.ts'
import { sanctumReplica, tymonReplica } from '../../support/servers/laravel.ts'
import { authRequestReplica, basicReplica } from '../../support/servers/proxies.ts'
import { type Replica, start } from '../../support/servers/replica.ts'
import { strapiReplica } from '../../support/servers/strapi.ts'
import { tokenEndpointReplica } from '../../support/servers/token-endpoint.ts'

/** A setup, the server it is for, and what is peculiar to the two. */
interface Case {
  setup: AuthAxiosOptions & { axios: { baseURL: string } }
  replica: () => Replica
  /** How the server refuses a wrong password. */
  wrong: number
  items: string
  /** Who it knows; `email` unless told otherwise. */
  name?: string
  /** Whether a dead access token is replaced; a session that is all there is cannot be. */
  renews: boolean
  hasUser?: boolean
}

const cases: Record<string, Case> = {
  'Django SimpleJWT': {
    setup: simpleJwt,
    replica: simpleJwtReplica,
    wrong: 401,
    items: '/items/',
    renews: true,
  },
  'Django REST sessions': {
    setup: djangoSessions,
    replica: djangoSessionsReplica,
    wrong: 400,
    items: '/items/',
    renews: false,
  },
  'Laravel Sanctum': {
    setup: sanctum,
    replica: sanctumReplica,
    wrong: 422,
    items: '/api/items',
    renews: false,
  },
  'Directus, tokens': {
    setup: directus,
    replica: directusReplica,
    wrong: 401,
    items: '/roles',
    renews: true,
  },
  'Directus, cookie': {
    setup: directusCookie,
    replica: directusReplica,
    wrong: 401,
    items: '/roles',
    renews: true,
  },
  'Strapi, tokens': {
    setup: strapi,
    replica: strapiReplica,
    wrong: 400,
    items: '/users/me',
    name: 'identifier',
    renews: true,
  },
  'Strapi, cookie': {
    setup: strapiCookie,
    replica: () => strapiReplica({ httpOnly: true }),
    wrong: 400,
    items: '/users/me',
    name: 'identifier',
    renews: true,
  },
  'better-auth, cookie': {
    setup: betterAuthCookie,
    replica: betterAuthReplica,
    wrong: 401,
    items: '/session-items',
    renews: false,
  },
  'better-auth, JWT': {
    setup: betterAuthJwt,
    replica: betterAuthReplica,
    wrong: 401,
    items: '/jwt-items',
    renews: true,
  },
  'better-auth, bearer': {
    setup: betterAuthBearer,
    replica: betterAuthReplica,
    wrong: 401,
    items: '/session-items',
    renews: false,
  },
  'an OAuth 2 token endpoint': {
    setup: tokenEndpoint,
    replica: tokenEndpointReplica,
    wrong: 400,
    items: '/api/items',
    name: 'username',
    renews: true,
  },
  'nginx, auth_request': {
    setup: behindAuthRequest,
    replica: authRequestReplica,
    wrong: 401,
    items: '/items',
    renews: true,
    hasUser: false,
  },
  'nginx, Basic authentication': {
    setup: behindBasic,
    replica: basicReplica,
    wrong: 401,
    items: '/items',
    renews: true,
    hasUser: false,
  },
  'JWTs in cookies': {
    setup: jwtCookies,
    replica: jwtCookiesReplica,
    wrong: 401,
    items: '/items',
    renews: true,
  },
  'tymon/jwt-auth': { setup: tymonJwt, replica: tymonReplica, wrong: 401, items: '/items', renews: true },
  'devise-jwt': { setup: deviseJwt, replica: deviseReplica, wrong: 401, items: '/items', renews: false },
}

describe.each(Object.entries(cases))('the setup for %s', (_, at) => {
  const credentials = { [at.name ?? 'email']: 'ann', password: 'correct horse' }

  async function visit() {
    const replica = at.replica()
    const { baseURL } = at.setup.axios
    const jar = new CookieJar()
    // What a browser does by itself on one origin.
    const network = { baseURL: (await start(replica)) + baseURL, adapter: jar.adapter, withCredentials: true }
    const ends: string[] = []
    const options = { ...at.setup, onSessionEnd: (reason: string) => void ends.push(reason) }
    const { app, store, auth } = install({ ...options, axios: { ...at.setup.axios, ...network } })
    onTestFinished(() => app.unmount())
    await store.ready()
    const get = () => auth.http.get(at.items)
    return { ...replica, store, get, ends, jar }
  }

  async function signedIn() {
    const visitor = await visit()
    await visitor.store.login(credentials)
    visitor.sessions.asked = 0
    return visitor
  }

  test('refuses a wrong password', async () => {
    const { store, sessions } = await visit()

    expect(await failure(store.login({ ...credentials, password: 'wrong' }))).toMatchObject({
      response: { status: at.wrong },
    })
    expect([store.status, sessions.alive]).toEqual(['anonymous', 0])
  })

  test('signs in, with the user', async () => {
    const { store, get } = await signedIn()

    expect(store.isAuthenticated).toBe(true)
    if (at.hasUser ?? true) expect(store.user).toHaveProperty('id')
    expect((await get()).status).toBe(200)
  })

  if (at.renews)
    test('refreshes once for 50 requests with a dead token', async () => {
      const { sessions, get } = await signedIn()
      sessions.refreshes = 0
      sessions.expire()

      const { errors, values } = await outcomes(times(50, get))

      expect(errors).toEqual([])
      expect(values).toHaveLength(50)
      expect([sessions.refreshes, sessions.asked]).toEqual([1, 1])
    })

  test('ends the session once where the server has ended it', async () => {
    const { sessions, get, store, ends } = await signedIn()
    sessions.revoke()

    const { errors } = await outcomes(times(50, get))

    expect(errors).toHaveLength(50)
    for (const error of errors) expect(error).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect([store.status, ...ends]).toEqual(['expired', 'expired'])
    expect(sessions.asked).toBeLessThanOrEqual(1)
  })

  test('signs out at the server', async () => {
    const { sessions, store } = await signedIn()
    expect(sessions.alive).toBe(1)

    await store.logout()

    expect([store.status, sessions.alive]).toEqual(['anonymous', 0])
  })

  if (at.renews)
    test('signs out at the server with a dead token', async () => {
      const { sessions, store } = await signedIn()
      sessions.expire()

      await store.logout()

      expect([store.status, sessions.alive]).toEqual(['anonymous', 0])
    })
})
