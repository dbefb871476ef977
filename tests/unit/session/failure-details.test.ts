import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { isRefusal, retryAfter } from '../../../src/session/failure.ts'

const config = { headers: new AxiosHeaders() } as InternalAxiosRequestConfig

const answered = (data: unknown, headers: Record<string, string> = {}) =>
  new AxiosError('no', undefined, config, undefined, {
    status: 400,
    statusText: '',
    data,
    headers,
    config,
  })

describe('an answer that refuses the refresh token', () => {
  it.each([
    ['a text that speaks of markup', 'invalid_grant: the token holds <html>'],
    ['a list that begins with markup', ['<html>']],
    ['bytes', new TextEncoder().encode('<html>')],
  ])('is no page where it is %s', (_, data) => {
    expect(isRefusal(answered(data))).toBe(true)
  })
})

it('a server may put blanks around the seconds of its Retry-After', () => {
  expect(retryAfter(answered({}, { 'retry-after': ' 2 ' }))).toBe(2000)
})
