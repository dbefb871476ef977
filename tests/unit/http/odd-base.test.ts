// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import axios, { AxiosHeaders } from 'axios'
import { expect, test } from 'vitest'
import { mayCarryToken } from '../../../src/http/origin.ts'

test.each([
  ['https://app.example/x', true],
  ['https://evil.test/x', false],
])('an instance whose `baseURL` is no URL belongs to the origin of the page: %s', (url, carries) => {
  const instance = axios.create({ baseURL: 'http://[' })
  const config = { url, baseURL: 'http://[', headers: new AxiosHeaders() }

  expect(mayCarryToken(config, instance, undefined)).toBe(carries)
})
