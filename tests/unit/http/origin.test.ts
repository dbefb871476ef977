// @vitest-environment happy-dom
import axios, { AxiosHeaders, type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AttachTo, mayCarryToken, originsOf } from '../../../src/http/origin.ts'
import { createAuthAxios } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const API = 'https://api.ok'

/** Whether a request gets the token, as axios itself has put it together. */
const carries = async (
  request: AxiosRequestConfig,
  defaults: CreateAxiosDefaults = {},
  attachTo?: AttachTo,
) => {
  const { adapter, sent } = recordingAdapter()
  const instance = axios.create({ ...defaults, adapter })
  await instance.request(request)
  const [config] = sent
  if (!config) throw new Error('The request was not sent.')
  return mayCarryToken(config, instance, attachTo)
}

/** Puts the page somewhere. */
const pageAt = (url: string, base = url) => {
  vi.stubGlobal('location', new URL(url))
  vi.spyOn(document, 'baseURI', 'get').mockReturnValue(base)
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** URLs that look like the API's, or hope to be taken for it. */
const FOREIGN = [
  'https://evil.test/x',
  '//evil.test/x',
  '//evil.test',
  'https://api.ok@evil.test/x',
  'https://api.ok:secret@evil.test/x',
  'https://api.ok.evil.test/x',
  'https://evil.test/api.ok',
  'https://evil.test#https://api.ok',
  'https://evil.test?https://api.ok',
  'https://xapi.ok/x',
  'http://api.ok/x',
  'ws://api.ok/x',
  'https://api.ok:8443/x',
  'https://api.ok./x',
  'https://аpi.ok/x',
  'HTTPS://EVIL.test/x',
  'blob:https://evil.test/1',
]

describe('a request of an instance with an absolute `baseURL`', () => {
  const defaults = { baseURL: API }

  it.each(['/x', 'x', '', '/', '?q=1', '#x', `${API}/x`, `${API}:443/x`, 'HTTPS://API.OK/x', '//api.ok/x'])(
    'carries the token to its own origin: %j',
    async (url) => {
      pageAt('https://app.ok/')

      expect(await carries({ url }, defaults)).toBe(true)
    },
  )

  it.each(FOREIGN.filter((url) => /^([a-z]+:)?\/\//i.test(url)))(
    'carries it nowhere else: %j',
    async (url) => {
      expect(await carries({ url }, defaults)).toBe(false)
    },
  )

  it.each([
    '\\\\evil.test',
    '/\\evil.test',
    '\\/evil.test',
    '/\t/evil.test',
    '@evil.test',
    ':8443/x',
    '.evil.test/x',
    'javascript:alert(1)',
  ])('carries it to its own origin where what looks foreign is only a path: %j', async (url) => {
    expect(await carries({ url }, defaults)).toBe(true)
  })

  it('does not carry it to another `baseURL` of the request itself', async () => {
    expect(await carries({ url: '/x', baseURL: 'https://evil.test' }, defaults)).toBe(false)
    expect(await carries({ url: '/x', baseURL: '//evil.test' }, defaults)).toBe(false)
    expect(await carries({ url: '/x', baseURL: `${API}/v2` }, defaults)).toBe(true)
  })

  it('carries it where an absolute URL is only a path, because the application says so', async () => {
    for (const url of ['https://evil.test/x', '//evil.test/x', `${API}/x`, '/x']) {
      expect(await carries({ url, allowAbsoluteUrls: false }, defaults), url).toBe(true)
    }
  })

  it('does not carry it there where an older axios does not know that, and goes to the absolute URL', () => {
    const instance = axios.create(defaults)
    instance.getUri = ({ url } = {}) => url ?? ''
    const request = { headers: new AxiosHeaders(), allowAbsoluteUrls: false, baseURL: API }

    expect(mayCarryToken({ ...request, url: 'https://evil.test/x' }, instance, undefined)).toBe(false)
    expect(mayCarryToken({ ...request, url: `${API}/x` }, instance, undefined)).toBe(true)
  })

  it('does not carry it to the page, where that is another origin', async () => {
    pageAt('https://app.ok/')

    expect(await carries({ url: 'https://app.ok/x' }, defaults)).toBe(false)
  })

  it.each(['about:blank', 'data:text/html,x', 'blob:null/1'])(
    'carries it to its own origin also from a page that has none: %s',
    async (page) => {
      pageAt(page)

      expect(await carries({ url: '/x' }, defaults)).toBe(true)
      expect(await carries({ url: 'https://evil.test/x' }, defaults)).toBe(false)
    },
  )

  it('carries it to a protocol-relative `baseURL`, by the protocol of the page', async () => {
    pageAt('https://app.ok/')

    expect(await carries({ url: '/x' }, { baseURL: '//api.ok' })).toBe(true)
    expect(await carries({ url: 'https://api.ok/x' }, { baseURL: '//api.ok' })).toBe(true)
    expect(await carries({ url: 'http://api.ok/x' }, { baseURL: '//api.ok' })).toBe(false)
  })
})

describe.each([{ baseURL: '/api' }, { baseURL: 'api/' }, { baseURL: '' }, {}])(
  'a request of an instance whose `baseURL` is relative or none: %j',
  (defaults: CreateAxiosDefaults) => {
    beforeEach(() => {
      pageAt('https://app.ok/shop/cart')
    })

    it.each(['/x', 'x', '', 'https://app.ok/other', '//app.ok/other'])(
      'carries the token to the origin of the page: %j',
      async (url) => {
        expect(await carries({ url }, defaults)).toBe(true)
      },
    )

    it.each([...FOREIGN, 'https://api.ok/x'].filter((url) => /^([a-z]+:)?\/\//i.test(url)))(
      'carries it nowhere else: %j',
      async (url) => {
        expect(await carries({ url }, defaults)).toBe(false)
      },
    )
  },
)

describe('a request of an instance without a `baseURL`', () => {
  it.each([
    '\\\\evil.test',
    '/\\evil.test',
    '\\/evil.test',
    '/\t/evil.test',
    '\n//evil.test',
    ' //evil.test',
    'https:\\\\evil.test',
  ])('does not carry the token where a browser would leave the origin: %j', async (url) => {
    pageAt('https://app.ok/')

    expect(await carries({ url })).toBe(false)
  })

  it.each([
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:https://app.ok/1',
    'file:///etc/passwd',
    'mailto:x@evil.test',
  ])('does not carry it to what is no server: %j', async (url) => {
    pageAt('https://app.ok/')

    expect(await carries({ url })).toBe(url.startsWith('blob:https://app.ok'))
  })

  it('does not carry it where the URL is none', async () => {
    pageAt('https://app.ok/')

    for (const url of ['https://', 'https://[', '//', 'https://a b/', 'https://%zz/']) {
      expect(await carries({ url }), url).toBe(false)
    }
  })

  it('carries it where the base of the page itself leads: `<base href>`', async () => {
    pageAt('https://app.ok/', 'https://app.ok/deep/')
    expect(await carries({ url: 'x' })).toBe(true)

    pageAt('https://app.ok/', 'https://evil.test/')
    expect(await carries({ url: 'x' })).toBe(false)
    expect(await carries({ url: '/x' }, { baseURL: '/api' })).toBe(false)
    expect(await carries({ url: 'https://app.ok/x' })).toBe(true)
  })

  it('carries it nowhere from a page without an origin', async () => {
    for (const page of ['about:blank', 'data:text/html,x']) {
      pageAt(page)
      for (const url of ['/x', 'x', 'about:blank', 'data:text/plain,x', 'https://evil.test/x']) {
        expect(await carries({ url }), `${url} from ${page}`).toBe(false)
      }
    }
  })
})

describe('outside a page', () => {
  beforeEach(() => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', undefined)
  })

  it('a request carries the token to the origin of the `baseURL`', async () => {
    expect(await carries({ url: '/x' }, { baseURL: API })).toBe(true)
    expect(await carries({ url: 'https://evil.test/x' }, { baseURL: API })).toBe(false)
  })

  it('a request to a path carries it, wherever the adapter brings that', async () => {
    expect(await carries({ url: '/x' })).toBe(true)
    expect(await carries({ url: '/x' }, { baseURL: '/api' })).toBe(true)
  })

  it('a request to any server carries none where the instance has no `baseURL`', async () => {
    for (const url of ['https://evil.test/x', '//evil.test/x', 'http://localhost/x']) {
      expect(await carries({ url }), url).toBe(false)
    }
  })
})

describe('the origins that the application names', () => {
  const attachTo = [API, 'http://localhost:8080']

  it('finding 32: get the token besides that of the `baseURL`, and no others', async () => {
    const defaults = { baseURL: 'https://app.ok' }

    expect(await carries({ url: `${API}/x` }, defaults, attachTo)).toBe(true)
    expect(await carries({ url: 'http://localhost:8080/x' }, defaults, attachTo)).toBe(true)
    expect(await carries({ url: '/x' }, defaults, attachTo)).toBe(true)
    expect(await carries({ url: 'https://app.ok/x' }, defaults, attachTo)).toBe(true)
    for (const url of FOREIGN.filter((foreign) => /^([a-z]+:)?\/\//i.test(foreign))) {
      expect(await carries({ url }, defaults, attachTo), url).toBe(false)
    }
  })

  it('may be none besides it', async () => {
    expect(await carries({ url: '/x' }, { baseURL: API }, [])).toBe(true)
    expect(await carries({ url: 'https://evil.test/x' }, { baseURL: API }, [])).toBe(false)
  })

  it('do not make another `baseURL` of a request its instance’s own', async () => {
    expect(await carries({ url: '/x', baseURL: 'https://evil.test' }, { baseURL: API }, attachTo)).toBe(false)
  })

  it('never are all the pages without one', async () => {
    expect(await carries({ url: 'data:text/plain,x' }, {}, ['null'])).toBe(false)
  })
})

describe('a list of origins', () => {
  it('may be written as URLs are', () => {
    expect(originsOf(['https://api.ok/', 'HTTPS://API.OK:443/v1', 'http://localhost:8080'])).toEqual([
      API,
      API,
      'http://localhost:8080',
    ])
  })

  it.each(['api.ok', '//api.ok', '/api', '', '*', 'https://', 'data:text/plain,x', 'null', 'about:blank'])(
    'is refused where an entry is no origin, in words that say so: %j',
    (entry) => {
      expect(() => originsOf([API, entry])).toThrow(/attachTo takes origins such as "https:/)
      expect(() => createAuthAxios({ attachTo: [entry] })).toThrow('attachTo takes origins')
    },
  )

  it('leaves a test of the application, or nothing, as it is', () => {
    const test = () => true

    expect(originsOf(test)).toBe(test)
    expect(originsOf(undefined)).toBeUndefined()
  })
})

describe('a test of the application', () => {
  it.each<[string, unknown]>([
    ['a promise of true', Promise.resolve(true)],
    ['a promise of false', Promise.resolve(false)],
    ['a text', 'yes'],
    ['1', 1],
    ['an object', {}],
    ['nothing', undefined],
  ])('finding 20: attaches with true alone, not with %s', async (_, verdict) => {
    expect(await carries({ url: '/x' }, { baseURL: API }, () => verdict as boolean)).toBe(false)
  })

  it('sees the final URL, as axios has put it together', async () => {
    const seen: string[] = []
    const attachTo = (url: URL) => {
      seen.push(url.href)
      return url.pathname.startsWith('/v1/')
    }

    expect(await carries({ url: 'x', baseURL: `${API}/v1/` }, {}, attachTo)).toBe(true)
    expect(await carries({ url: '/x' }, { baseURL: `${API}/v2` }, attachTo)).toBe(false)
    expect(seen).toEqual([`${API}/v1/x`, `${API}/v2/x`])
  })

  it('is not asked about a URL without an origin', async () => {
    const attachTo = vi.fn<(url: URL) => boolean>(() => true)

    expect(await carries({ url: 'data:text/plain,x' }, {}, attachTo)).toBe(false)
    expect(attachTo).not.toHaveBeenCalled()
  })
})

describe('whatever the URL is', () => {
  const piece = fc.constantFrom(
    'https:',
    'http:',
    '//',
    '/',
    '\\',
    '@',
    ':',
    '.',
    '..',
    'api.ok',
    'evil.test',
    'x',
    '?',
    '#',
    '%2F',
    '\t',
    ' ',
    '8443',
    'javascript:',
  )
  const url = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
  const base = fc.oneof(fc.constantFrom(API, `${API}/v1/`, '/api', '', '//api.ok', '///'), url)

  it('it carries the token only where axios sends it to an origin that may have it', async () => {
    pageAt('https://app.ok/shop')
    const allowed = [API, 'https://app.ok']

    await fc.assert(
      fc.asyncProperty(
        url,
        base,
        fc.constantFrom(true, false, undefined),
        async (to, baseURL, allowAbsoluteUrls) => {
          const request = { url: to, baseURL, ...(allowAbsoluteUrls !== undefined && { allowAbsoluteUrls }) }
          const origin = finalOrigin(request)
          fc.pre(origin !== undefined)
          const mayHaveIt = allowed.includes(String(origin))
          const hasIt = await carries(request, {}, allowed)
          expect(hasIt).toBe(mayHaveIt)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  /** Where axios sends a request, as the browser understands it; `undefined` where axios refuses to. */
  function finalOrigin(request: AxiosRequestConfig): string | null | undefined {
    let uri: string
    try {
      uri = axios.getUri(request)
    } catch {
      return undefined
    }
    return URL.canParse(uri, document.baseURI) ? new URL(uri, document.baseURI).origin : null
  }
})

describe('a 401 from where the token does not go', () => {
  it('is the caller’s own: no token was sent, and none is refreshed', async () => {
    const { adapter, authorizations } = recordingAdapter(() => ({ status: 401 }))
    const app = await signedInApp({ axios: { baseURL: API, adapter } })

    const response = await app.auth.http.get('https://evil.test/x').catch(({ response: own }) => own)

    expect(response.status).toBe(401)
    expect(authorizations()).toEqual([undefined])
    expect(app.refreshes).toHaveLength(0)
    expect(app.store.status).toBe('authenticated')
    expectConsole('warn', 'https://evil.test answered 401')
  })

  it('is not even waited for until the session is read', async () => {
    const { adapter, sent } = recordingAdapter()
    const app = manualApp({ axios: { baseURL: API, adapter } })
    app.storage.before = () => new Promise<never>(() => {})

    await app.auth.http.get('https://evil.test/x')

    expect(sent).toHaveLength(1)
  })

  it('refreshes nothing where an attached instance has another origin that is not its own', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const app = await signedInApp({
      axios: { baseURL: API, adapter },
      backend: { refresh: async () => nextPair },
    })
    const other = app.auth.attach(axios.create({ baseURL: 'https://files.ok', adapter }))

    await other.get('/x')
    await other.get(`${API}/x`)
    await app.auth.http.get('https://files.ok/x')

    expect(authorizations()).toEqual(['Bearer AT1', undefined, undefined])
  })
})
