import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { returnPath } from '../../../src/router/return-path.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { memoryRouter } from '../../support/routes.ts'
import { page } from '../../support/visitor.ts'

const router = memoryRouter([{ path: '/files/:path(.*)*', component: page }])

/** The most generous router: every path is a route of it. */
const catchAll = memoryRouter([{ path: '/:path(.*)*', component: page }])

describe('a return path', () => {
  it.each([
    '/',
    '/orders/1',
    '/orders/1?tab=notes',
    '/orders/1#total',
    '/orders/1?a=1&b=2#c',
    '/files/a/b',
    '/orders/a%20b',
    '/orders/%C3%A4',
  ])('is followed where it is a path of this application that matches a route: %s', (path) => {
    expect(returnPath(router, path)).toBe(path)
  })

  it('is followed where it holds a URL as a parameter', () => {
    expect(returnPath(router, '/orders/1?next=https://evil.test')).toBe('/orders/1?next=https://evil.test')
    expect(returnPath(router, '/orders/1#//evil.test')).toBe('/orders/1#//evil.test')
  })

  it('is followed where dot segments are in its query or hash alone: nobody resolves them there', () => {
    for (const path of [
      '/orders/1?file=/../x',
      '/orders/1?/..//evil.test',
      '/orders/1#/./x',
      '/orders/1?a#/..',
    ]) {
      expect(returnPath(router, path)).toBe(path)
    }
  })

  it('is none where dot segments come before a query', () => {
    for (const path of ['/orders/../..//evil.test?x=1', '/files/..?x=1', '/files/.#x', '/files/.%2E/x?']) {
      expect(returnPath(router, path)).toBeNull()
    }
  })

  it('is none where it matches no route', () => {
    // vue-router speaks of it itself.
    expectConsole('warn', 'No match found')

    expect(returnPath(router, '/nowhere')).toBeNull()
  })

  it.each([
    ['a URL', 'https://evil.test'],
    ['a URL in capitals', 'HTTPS://EVIL.TEST/'],
    ['a URL that begins like this site', 'https://app.ok@evil.test/'],
    ['a protocol-relative URL', '//evil.test'],
    ['a protocol-relative URL with a path', '//evil.test/orders/1'],
    ['slash and backslash', '/\\evil.test'],
    ['backslash and slash', '\\/evil.test'],
    ['two backslashes', '\\\\evil.test'],
    ['three slashes', '///evil.test'],
    ['four slashes', '////evil.test'],
    ['a backslash further on', '/orders\\..\\..\\evil.test'],
    ['a script', 'javascript:alert(1)'],
    ['a script behind a line break', 'java\nscript:alert(1)'],
    ['a document', 'data:text/html,<script>'],
    ['two encoded slashes', '%2F%2Fevil.test'],
    ['an encoded slash at the beginning', '%2Forders/1'],
    ['a line break between two slashes', '/\n/evil.test'],
    ['a carriage return between two slashes', '/\r/evil.test'],
    ['a tab between two slashes', '/\t/evil.test'],
    ['a zero between two slashes', '/\0/evil.test'],
    ['a blank before it', ' /orders/1'],
    ['a line break after it', '/orders/1\n'],
    ['a control character in it', '/orders/\u007f1'],
    ['a path without a slash', 'orders/1'],
    ['a dot', './orders/1'],
    ['two dots', '../orders/1'],
    ['a query alone', '?tab=notes'],
    ['a hash alone', '#total'],
    ['nothing', ''],
    ['ten kilobytes', `/orders/${'1'.repeat(10_240)}`],
  ])('is none where it could lead away: %s', (_, path) => {
    expect(returnPath(router, path)).toBeNull()
    expect(returnPath(catchAll, path)).toBeNull()
  })

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', null],
    ['repeated', ['/orders/1', '/orders/2']],
    ['repeated once', ['/orders/1']],
    ['a number', 1],
    ['an object', { path: '/orders/1' }],
  ])('is none where the parameter is %s', (_, value) => {
    expect(returnPath(router, value)).toBeNull()
  })

  it.each([
    ['//evil.test'],
    ['/%2Fevil.test'],
    ['/%5Cevil.test'],
    ['/..//evil.test'],
    ['/.//evil.test'],
    ['/a/../..//evil.test'],
  ])('stays on this origin also in an application that takes every path: %s', (path) => {
    expectSameOrigin(returnPath(catchAll, path))
  })

  it('stays on this origin, whatever it is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '?',
      '#',
      '%2F',
      '%5C',
      '%0A',
      '\n',
      '\t',
      ' ',
      'evil.test',
      'https:',
      'javascript:',
      'orders',
      '1',
      '%',
    )
    const path = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
    )

    fc.assert(
      fc.property(path, (value) => {
        // What vue-router cannot decode it says so itself, on the console.
        fc.pre(isDecodable(value))
        expectSameOrigin(returnPath(catchAll, value))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the full path of the router, below the base of the application', () => {
    const based = createRouter({
      history: createMemoryHistory('/shop/'),
      routes: [{ path: '/orders/:id', component: page }],
    })

    expect(returnPath(based, '/orders/1')).toBe('/orders/1')
  })
})

/** Whether a browser that is told to go there stays: by a link, by the history and by the address bar. */
function expectSameOrigin(path: string | null): void {
  if (path === null) return
  expect(new URL(path, 'https://app.ok/login').origin, path).toBe('https://app.ok')
  expect(new URL(`https://app.ok${path}`).origin, path).toBe('https://app.ok')
}

function isDecodable(value: string): boolean {
  try {
    return Boolean(decodeURIComponent(value) || true)
  } catch {
    return false
  }
}
