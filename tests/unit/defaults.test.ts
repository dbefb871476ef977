import { AxiosHeaders, type AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/defaults.ts'
import { httpBackend } from '../../src/index.ts'

const inPage = true
const onServer = false

describe('without options', () => {
  it('everything has its default', () => {
    expect(resolveOptions({}, inPage)).toMatchObject({
      id: 'authAxios',
      axios: {},
      storage: 'local',
      loginRoute: '/login',
      homeRoute: '/',
      redirectQuery: 'redirect',
      leeway: 30,
      refreshTimeout: 10_000,
      crossTab: true,
    })
  })

  it('what has no default is not there', () => {
    for (const name of ['router', 'attachTo', 'forbiddenRoute', 'onSessionEnd', 'readTokens']) {
      expect(resolveOptions({}, inPage)).not.toHaveProperty(name)
    }
  })

  it('the backend is that of a JSON API', () => {
    const { backend } = resolveOptions({}, inPage)

    expect(backend.login).toBeTypeOf('function')
    expect(backend.logout).toBeTypeOf('function')
    expect(backend.user).toBeUndefined()
    expect(backend.resumable).toBeFalsy()
  })

  it('the token goes into the Authorization header, under its scheme', () => {
    const { authorize } = resolveOptions({}, inPage)
    const headers = new AxiosHeaders()

    void authorize(headers, { accessToken: 'AT', tokenType: 'DPoP' }, { headers })
    expect(headers.get('Authorization')).toBe('DPoP AT')
    void authorize(headers, { accessToken: 'AT' }, { headers })
    expect(headers.get('Authorization')).toBe('Bearer AT')
  })

  it('a 401 calls for a refresh, and a refused refresh ends the session', () => {
    const { shouldRefresh, isSessionOver } = resolveOptions({}, inPage)

    expect(shouldRefresh({ status: 401, headers: {} } as AxiosResponse)).toBe(true)
    expect(shouldRefresh({ status: 403, headers: {} } as AxiosResponse)).toBe(false)
    expect(isSessionOver({ response: { status: 400 } })).toBe(true)
    expect(isSessionOver({ response: { status: 503 } })).toBe(false)
  })
})

describe('the storage', () => {
  it('is memory on a server, and with a server that keeps the refresh token', () => {
    expect(resolveOptions({}, onServer).storage).toBe('memory')
    expect(resolveOptions({ backend: httpBackend({ cookie: true }) }, inPage).storage).toBe('memory')
    expect(resolveOptions({ backend: httpBackend({ cookie: true }) }, onServer).storage).toBe('memory')
  })

  it('is the one that is given, everywhere', () => {
    for (const hasPage of [inPage, onServer]) {
      expect(resolveOptions({ storage: 'session' }, hasPage).storage).toBe('session')
      expect(
        resolveOptions({ storage: 'local', backend: httpBackend({ cookie: true }) }, hasPage).storage,
      ).toBe('local')
    }
  })
})

describe('an option', () => {
  it('takes the place of its default', () => {
    const given = { id: 'staff', leeway: 0, refreshTimeout: 1, crossTab: false, redirectQuery: 'next' }

    expect(resolveOptions(given, inPage)).toMatchObject(given)
  })

  it('that is undefined counts as not given', () => {
    const undefineds = Object.fromEntries(
      [
        'id',
        'axios',
        'backend',
        'storage',
        'leeway',
        'authorize',
        'shouldRefresh',
        'attachTo',
        'crossTab',
      ].map((name) => [name, undefined]),
    )

    const resolved = resolveOptions(undefineds, inPage)

    expect(resolved).toMatchObject({ id: 'authAxios', storage: 'local', leeway: 30, crossTab: true })
    expect(resolved.backend.refresh).toBeTypeOf('function')
    expect(resolved.shouldRefresh({ status: 401, headers: {} } as AxiosResponse)).toBe(true)
    expect(resolved.authorize).toBeTypeOf('function')
  })

  it('that decides about refreshes sees the parsed body', () => {
    const { shouldRefresh } = resolveOptions({ shouldRefresh: ({ data }) => data.expired === true }, inPage)

    expect(shouldRefresh({ status: 200, headers: {}, data: '{"expired":true}' } as AxiosResponse)).toBe(true)
  })

  it('does not change what was given', () => {
    const options = Object.freeze({ id: 'staff' })

    resolveOptions(options, inPage)

    expect(options).toEqual({ id: 'staff' })
  })
})
