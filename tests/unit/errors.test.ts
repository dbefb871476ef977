import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import axios, { AxiosError, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { AuthError, type AuthErrorCode, isAuthError } from '../../src/index.ts'

const codes: AuthErrorCode[] = ['ERR_AUTH_EXPIRED', 'ERR_AUTH_REFRESH', 'ERR_AUTH_SESSION_CHANGED']

const config = { url: '/x', headers: new AxiosHeaders() } as InternalAxiosRequestConfig
const response = { status: 401, statusText: '', data: 'no', headers: {}, config } as AxiosResponse

describe('an AuthError', () => {
  it.each(codes)('is an error of axios with a code of its own: %s', (code) => {
    const error = new AuthError(code)

    expect(error).toBeInstanceOf(AxiosError)
    expect(axios.isAxiosError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'AuthError', code })
    expect(error.toJSON()).toMatchObject({ name: 'AuthError', code, message: error.message })
  })

  it('says what to do, in words that differ', () => {
    const messages = codes.map((code) => new AuthError(code).message)

    expect(new Set(messages).size).toBe(3)
    for (const message of messages) expect(message).toMatch(/\. \w.*\. /)
  })

  it.each(codes)('leads to its chapter of the guide in development: %s', (code) => {
    const [address = ''] = new AuthError(code).message.match(/https:\S+$/) ?? []
    const guide = readFileSync('playground/docs/errors.md', 'utf8')

    expect(address).toMatch(/\/blob\/main\/playground\/docs\/errors\.md#/)
    expect(guide).toContain(`## \`${code}\``)
    expect(address.split('#')[1]).toBe(code.toLowerCase())
  })

  it('has its words alone in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    onTestFinished(() => void vi.unstubAllEnvs())

    expect(new AuthError('ERR_AUTH_EXPIRED').message).toBe('The session is over. Sign in again.')
  })

  it('carries the request, its answer and what happened underneath', () => {
    const cause = new Error('underneath')
    const error = new AuthError('ERR_AUTH_EXPIRED', { config, response, cause })

    expect(error.config).toBe(config)
    expect(error.response).toBe(response)
    expect(error.status).toBe(401)
    expect(error.cause).toBe(cause)
    expect(error.request).toBeUndefined()
    expect(inspect(error)).toContain('underneath')
  })

  it('has no answer and no cause of its own where there is none', () => {
    const error = new AuthError('ERR_AUTH_REFRESH')

    expect(error.response).toBeUndefined()
    expect(error.status).toBeUndefined()
    expect(error.config).toBeUndefined()
    expect(Object.hasOwn(error, 'cause')).toBe(false)
  })

  it('does not put what happened underneath into a log that lists its properties', () => {
    const error = new AuthError('ERR_AUTH_REFRESH', { cause: new Error('underneath') })

    expect(JSON.stringify(error)).not.toContain('underneath')
    expect(Object.keys(error)).not.toContain('cause')
  })
})

describe('isAuthError', () => {
  it.each(codes)('knows %s', (code) => {
    expect(isAuthError(new AuthError(code))).toBe(true)
  })

  it('knows one of another copy of the library', () => {
    const twin = Object.assign(new AxiosError('The session is over.', 'ERR_AUTH_EXPIRED'), {
      name: 'AuthError',
    })

    expect(isAuthError(twin)).toBe(true)
  })

  it.each([
    [undefined],
    [null],
    ['AuthError'],
    [{ name: 'AuthError' }],
    [Object.assign(new Error('no'), { name: 'AuthError' })],
    [new AxiosError('no', 'ERR_AUTH_EXPIRED')],
    [new axios.CanceledError()],
  ])('knows every other value from one: %s', (value) => {
    expect(isAuthError(value)).toBe(false)
  })
})
