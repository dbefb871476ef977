import fc from 'fast-check'
import { parse, serialize } from 'hono/utils/cookie'
import { describe, expect, test } from 'vitest'
import { type CookieAttributes, type CookieStorageOptions, cookieStorage } from '../../../src/server/index.ts'

const KEY = 'vue-auth-axios:authAxios'

/** A browser's cookies, and requests that bring them to a server, which tells what the request brought alone. */
class Browser {
  cookies: Record<string, string> = {}
  headers: string[] = []
  deleted: Array<[string, CookieAttributes]> = []

  /** A request: what its answer sets is there for the next. */
  request(options?: CookieStorageOptions) {
    const header = Object.entries(this.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')
    const brought = parse(header)
    return cookieStorage(
      {
        get: (name) => brought[name],
        set: (name, value, attributes) => this.#keep(serialize(name, value, attributes)),
        delete: (name, attributes) => {
          this.deleted.push([name, attributes])
          delete this.cookies[name]
        },
      },
      options,
    )
  }

  /** The storage of a page, where a cookie that was set is there at once. */
  page() {
    return cookieStorage({
      get: (name) => this.cookies[name],
      set: (name, value) => (this.cookies[name] = value),
      delete: (name) => delete this.cookies[name],
    })
  }

  #keep(header: string): void {
    this.headers.push(header)
    const [pair = ''] = header.split('; ')
    this.cookies[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1)
  }
}

const names = (browser: Browser) => Object.keys(browser.cookies)

describe('cookieStorage', () => {
  test('keeps a record from one request to the next', async () => {
    const browser = new Browser()
    await browser.request().setItem(KEY, '{"tokens":"a;b=c, ü€😀"}')

    expect(await browser.request().getItem(KEY)).toBe('{"tokens":"a;b=c, ü€😀"}')
    expect(names(browser)).toEqual(['vue-auth-axios.authAxios'])
  })

  test('sets cookies for the whole site, over https, for thirty days, for the page as well', async () => {
    const browser = new Browser()
    await browser.request().setItem(KEY, 'x')

    expect(browser.headers).toEqual([
      expect.stringMatching(
        /^vue-auth-axios\.authAxios=[\w.-]+; Max-Age=2592000; Path=\/; Secure; SameSite=Lax$/,
      ),
    ])
  })

  test('takes attributes and a name of its own', async () => {
    const browser = new Browser()
    const options: CookieStorageOptions = {
      name: () => '__Secure-session',
      httpOnly: true,
      sameSite: 'strict',
      path: '/app',
      domain: 'example.com',
      maxAge: 60,
    }
    await browser.request(options).setItem(KEY, 'x')
    await browser.request(options).removeItem(KEY)

    expect(browser.headers[0]).toMatch(
      /^__Secure-session=\S+; Max-Age=60; Domain=example.com; Path=\/app; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(browser.deleted).toEqual([
      [
        '__Secure-session',
        { path: '/app', domain: 'example.com', secure: true, httpOnly: true, sameSite: 'strict' },
      ],
    ])
  })

  test('keeps to the default where an option is undefined', async () => {
    const browser = new Browser()
    await browser.request({ path: undefined as never, maxAge: undefined as never }).setItem(KEY, 'x')

    expect(browser.headers[0]).toContain('; Max-Age=2592000; Path=/;')
  })

  test('knows what this request has written, though the framework tells what it brought', async () => {
    const browser = new Browser()
    await browser.request().setItem(KEY, 'old')
    const storage = browser.request()

    await storage.setItem(KEY, 'new')
    expect(await storage.getItem(KEY)).toBe('new')
    await storage.removeItem(KEY)
    expect(await storage.getItem(KEY)).toBeNull()
    expect(names(browser)).toEqual([])
  })

  test('follows what another tab does to the cookies of a page', async () => {
    const browser = new Browser()
    const [one, other] = [browser.page(), browser.page()]
    await one.setItem(KEY, 'first')

    await other.setItem(KEY, 'second')
    expect(await one.getItem(KEY)).toBe('second')
    await other.removeItem(KEY)
    expect(await one.getItem(KEY)).toBeNull()
    await other.setItem(KEY, 'first')
    await one.removeItem(KEY)
    await other.setItem(KEY, 'third')
    expect(await one.getItem(KEY)).toBe('third')
  })

  test('spreads a large record over cookies that browsers keep, and takes back those that are not needed any more', async () => {
    const browser = new Browser()
    const options = { path: `/${'p'.repeat(100)}`, domain: 'a-rather-long-name.example.com', httpOnly: true }
    const large = JSON.stringify({ token: 'é'.repeat(3_500) })
    await browser.request(options).setItem(KEY, large)

    expect(names(browser)).toEqual(
      [0, 1, 2].map((index) => `vue-auth-axios.authAxios${index ? `.${index}` : ''}`),
    )
    for (const header of browser.headers) expect(Buffer.byteLength(header)).toBeLessThanOrEqual(4096)
    expect(await browser.request(options).getItem(KEY)).toBe(large)

    await browser.request(options).setItem(KEY, 'small')
    expect(names(browser)).toEqual(['vue-auth-axios.authAxios'])
    expect(await browser.request(options).getItem(KEY)).toBe('small')
  })

  test('removes every cookie of a record, and no other', async () => {
    const browser = new Browser()
    browser.cookies = { theme: 'dark', 'vue-auth-axios.authAxios2': 'x' }
    await browser.request().setItem(KEY, 'x'.repeat(6_000))
    expect(names(browser)).toHaveLength(5)

    await browser.request().removeItem(KEY)

    expect(names(browser)).toEqual(['theme', 'vue-auth-axios.authAxios2'])
  })

  test('refuses a record that servers would refuse the cookies of, and changes nothing', async () => {
    const browser = new Browser()
    const storage = browser.request()
    await storage.setItem(KEY, 'before')

    expect(() => storage.setItem(KEY, 'x'.repeat(9_000))).toThrow(
      /takes 12000 bytes, more than 3 cookies hold/,
    )
    expect(await browser.request().getItem(KEY)).toBe('before')
  })

  test('takes parts of two records for nothing', async () => {
    const browser = new Browser()
    await browser.request().setItem(KEY, 'a'.repeat(5_000))
    const first = { ...browser.cookies }
    await browser.request().setItem(KEY, 'b'.repeat(5_000))

    browser.cookies['vue-auth-axios.authAxios'] = first['vue-auth-axios.authAxios']!
    expect(await browser.request().getItem(KEY)).toBeNull()
    browser.cookies = { ...first }
    delete browser.cookies['vue-auth-axios.authAxios.1']
    expect(await browser.request().getItem(KEY)).toBeNull()
    browser.cookies = first
    expect(await browser.request().getItem(KEY)).toBe('a'.repeat(5_000))
  })

  test('takes anything else for nothing', async () => {
    const browser = new Browser()
    const odd = fc.string({ maxLength: 50 }).map(encodeURIComponent)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(odd, fc.constantFrom('', '1.', '1..', '1.x.y', '9.a.b', '1.1lgxbjk.a')),
        async (value) => {
          browser.cookies = { 'vue-auth-axios.authAxios': value }
          expect(await browser.request().getItem(KEY)).toBeNull()
        },
      ),
    )
  })

  test('gives back any record under any key, in cookies with names that are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.string({ unit: 'grapheme', maxLength: 2_000 }),
        async (id, record) => {
          const browser = new Browser()
          const key = `vue-auth-axios:${id}`
          await browser.request().setItem(key, record)
          expect(await browser.request().getItem(key)).toBe(record)
          for (const name of names(browser)) expect(name).toMatch(/^[\w!#$%&'*.^`|~+-]+$/)
        },
      ),
    )
  })
})
