import axios, { AxiosError, AxiosHeaders, type AxiosRequestConfig, type AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { explainRefusal } from '../../../src/backends/explain-refusal.ts'
import { failure } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const RT = 'S3cr3t-RT'

/** The error of a refresh that a server refuses, made by axios itself. */
async function refusal(
  status: number,
  body: unknown,
  data: unknown = { refresh_token: RT },
  config: AxiosRequestConfig = {},
): Promise<unknown> {
  const { adapter } = recordingAdapter(() => ({
    status,
    data: typeof body === 'string' ? body : JSON.stringify(body),
  }))
  const http = axios.create({ baseURL: 'https://api.ok/v1', adapter })
  return failure(http.request({ url: '/auth/refresh', method: 'POST', data, ...config }))
}

describe('finding 45: an explanation of a refused refresh', () => {
  it('names the endpoint, the status, and the fields of both bodies', async () => {
    const text = explainRefusal(await refusal(401, { error: 'invalid_grant', error_description: 'gone' }))

    expect(text).toContain('POST https://api.ok/v1/auth/refresh answered 401')
    expect(text).toContain('Sent: `refresh_token`. Came back: `error`, `error_description`.')
  })

  it.each<[string, unknown, unknown, string]>([
    [
      'Django SimpleJWT',
      { refresh: ['This field is required.'] },
      { refresh_token: RT },
      'refreshField: "refresh"',
    ],
    [
      'NestJS',
      { statusCode: 400, message: ['refreshToken should not be empty'], error: 'Bad Request' },
      { refresh_token: RT },
      'refreshField: "refreshToken"',
    ],
    [
      'Laravel, ASP.NET',
      { errors: { refreshToken: ['required'] } },
      { refresh_token: RT },
      'refreshField: "refreshToken"',
    ],
    [
      'FastAPI',
      { detail: [{ loc: ['body', 'refresh_token'], msg: 'field required' }] },
      { refreshToken: RT },
      'refreshField: "refresh_token"',
    ],
    [
      'node-oauth',
      { error: 'invalid_request', error_description: 'Missing parameter: `grant_type`' },
      { refresh_token: RT },
      'URLSearchParams',
    ],
    [
      'any authorization server',
      { error: 'unsupported_grant_type' },
      { refresh_token: RT },
      'URLSearchParams',
    ],
    ['one that knows no such client', { error: 'invalid_client' }, { refresh_token: RT }, 'auth: {'],
  ])('says what %s asks for', async (_, body, sent, advice) => {
    expect(explainRefusal(await refusal(400, body, sent))).toContain(advice)
  })

  it.each([
    [404, 'refresh: "/…"'],
    [405, 'refresh: "/…"'],
    [419, 'csrf: "/…"'],
    [415, 'URLSearchParams'],
  ])('says what a %i is about', async (status, advice) => {
    expect(explainRefusal(await refusal(status, {}))).toContain(advice)
  })

  it('does not take a sentence about refreshing for the name of a field', async () => {
    const text = explainRefusal(await refusal(401, { detail: 'The refresh of this token is over.' }))

    expect(text).not.toContain('asks for')
    expect(text).toContain('`refreshField`')
  })

  it('asks for the client where a form has been refused for its grant', async () => {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: RT })
    const text = explainRefusal(
      await refusal(400, { error_description: 'Missing parameter: `grant_type`' }, form),
    )

    expect(text).toContain('Sent: `grant_type`, `refresh_token`.')
    expect(text).toContain('client_id')
  })

  it.each<[string, unknown]>([
    ['JSON', { refresh_token: RT, device: RT }],
    ['a form', new URLSearchParams({ refresh_token: RT })],
    ['text', RT],
    ['text that ends like a form', `${RT}==`],
    ['text that begins like JSON', `{${RT}`],
    ['nothing', null],
  ])('never holds a value, where %s was sent', async (_, data) => {
    const url = `https://me:${RT}@api.ok/auth/refresh?token=${RT}#${RT}`
    const body = { error: RT, [`${RT} is gone`]: 1, nested: { [RT]: RT } }

    const text = explainRefusal(await refusal(404, body, data, { url }))

    expect(text).toContain('POST https://api.ok/auth/refresh answered 404')
    expect(text).not.toContain(RT)
  })

  it('has nothing to say of other failures', async () => {
    for (const error of [
      await refusal(503, {}),
      new AxiosError('Network Error', AxiosError.ERR_NETWORK, { headers: new AxiosHeaders() }),
      new Error('of the backend'),
      undefined,
    ]) {
      expect(explainRefusal(error)).toBeNull()
    }
  })

  it('has nothing to say where nothing was sent, unless the answer gives something away', async () => {
    const without = (status: number, body: object) => refusal(status, body, null, { method: 'GET' })

    expect(explainRefusal(await without(401, { error: 'no session' }))).toBeNull()
    expect(explainRefusal(await without(404, {}))).toContain('GET https://api.ok')
    expect(explainRefusal(await without(400, { refresh: ['This field is required.'] }))).toContain(
      'refreshField: "refresh"',
    )
  })

  it('copes with the error of a backend that has no request', () => {
    const response = { status: 400, data: { error: 'invalid_grant' } } as AxiosResponse
    const error = new AxiosError('refused', 'ERR_BAD_REQUEST', undefined, undefined, response)

    expect(explainRefusal(error)).toBeNull()
  })

  it('copes with bodies of every kind', async () => {
    const deep = { a: { b: { c: { d: { refreshToken: 1 } } } } }
    for (const body of ['', 'gone', 'null', '[1]', '"x"', deep]) {
      expect(explainRefusal(await refusal(400, body))).toContain('Came back: ')
    }
  })
})
