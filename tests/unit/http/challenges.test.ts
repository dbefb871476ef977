import { describe, expect, it } from 'vitest'
import { challengesOf } from '../../../src/http/challenges.ts'

/** Challenges as plain values: scheme and parameters. */
const read = (header: string | string[]) =>
  challengesOf(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('a header as the RFCs show it', () => {
  it.each<[string, string, unknown[]]>([
    ['RFC 6750 section 3', 'Bearer realm="example"', [['bearer', { realm: 'example' }]]],
    [
      'RFC 6750 section 3, of a token that has expired',
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
      [
        [
          'bearer',
          { realm: 'example', error: 'invalid_token', error_description: 'The access token expired' },
        ],
      ],
    ],
    [
      'RFC 9110 section 11.6.1',
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ['basic', { realm: 'simple' }],
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ],
    ],
    [
      'RFC 7235 section 4.1, in the other order',
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    ],
    [
      'RFC 7617 section 2.1',
      'Basic realm="foo", charset="UTF-8"',
      [['basic', { realm: 'foo', charset: 'UTF-8' }]],
    ],
    [
      'RFC 7616 section 3.9.1',
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      [
        [
          'digest',
          {
            realm: 'http-auth@example.org',
            qop: 'auth, auth-int',
            algorithm: 'SHA-256',
            nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
            opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
          },
        ],
      ],
    ],
    ['RFC 4559 section 4.2', 'Negotiate a87421000492aa874209af8bc028', [['negotiate', {}]]],
    ['RFC 9449 section 5', 'DPoP algs="ES256 PS256"', [['dpop', { algs: 'ES256 PS256' }]]],
    [
      'RFC 9449 section 7.1',
      'DPoP error="invalid_token", error_description="Invalid DPoP key binding", algs="ES256"',
      [['dpop', { error: 'invalid_token', error_description: 'Invalid DPoP key binding', algs: 'ES256' }]],
    ],
    [
      'RFC 9449 section 9',
      'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"',
      [
        [
          'dpop',
          { error: 'use_dpop_nonce', error_description: 'Resource server requires nonce in DPoP proof' },
        ],
      ],
    ],
    [
      'RFC 9449 section 7.2',
      'Bearer, DPoP algs="ES256"',
      [
        ['bearer', {}],
        ['dpop', { algs: 'ES256' }],
      ],
    ],
    [
      'RFC 9470 section 3',
      'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR"',
      [
        [
          'bearer',
          {
            error: 'insufficient_user_authentication',
            error_description: 'A different authentication level is required',
            acr_values: 'myACR',
          },
        ],
      ],
    ],
    [
      'RFC 9728 section 5.1',
      'Bearer resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"',
      [
        [
          'bearer',
          { resource_metadata: 'https://resource.example.com/.well-known/oauth-protected-resource' },
        ],
      ],
    ],
  ])('%s', (_, header, expected) => {
    expect(read(header)).toEqual(expected)
  })
})

describe('a header as public servers send it', () => {
  it.each<[string, string, unknown[]]>([
    [
      'GitHub’s registry',
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull"',
      [['bearer', { realm: 'https://ghcr.io/token', service: 'ghcr.io', scope: 'repository:a/b:pull' }]],
    ],
    [
      'Docker Hub',
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/x:pull",error="invalid_token"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/x:pull',
            error: 'invalid_token',
          },
        ],
      ],
    ],
    [
      'Google',
      'Bearer realm="https://accounts.google.com/", error="invalid_token"',
      [['bearer', { realm: 'https://accounts.google.com/', error: 'invalid_token' }]],
    ],
    [
      'Microsoft Graph',
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
      [
        [
          'bearer',
          {
            realm: '',
            authorization_uri: 'https://login.microsoftonline.com/common/oauth2/authorize',
            client_id: '00000003-0000-0000-c000-000000000000',
          },
        ],
      ],
    ],
    [
      'Azure Key Vault',
      'Bearer authorization="https://login.windows.net/x", resource="https://vault.azure.net"',
      [['bearer', { authorization: 'https://login.windows.net/x', resource: 'https://vault.azure.net' }]],
    ],
    [
      'ASP.NET Core',
      'Bearer error="invalid_token", error_description="The token expired at \'11/24/2026 10:00:00\'"',
      [
        [
          'bearer',
          { error: 'invalid_token', error_description: "The token expired at '11/24/2026 10:00:00'" },
        ],
      ],
    ],
    [
      'Spring Security',
      'Bearer error="invalid_token", error_description="Jwt expired at 2026-11-24T10:00:00Z", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"',
      [
        [
          'bearer',
          {
            error: 'invalid_token',
            error_description: 'Jwt expired at 2026-11-24T10:00:00Z',
            error_uri: 'https://tools.ietf.org/html/rfc6750#section-3.1',
          },
        ],
      ],
    ],
    [
      'Keycloak',
      'Bearer realm="master", error="invalid_token", error_description="Token is not active"',
      [['bearer', { realm: 'master', error: 'invalid_token', error_description: 'Token is not active' }]],
    ],
    ['Django SimpleJWT', 'Bearer realm="api"', [['bearer', { realm: 'api' }]]],
    ['FastAPI', 'Bearer', [['bearer', {}]]],
    ['X, formerly', 'OAuth realm="Firehose"', [['oauth', { realm: 'Firehose' }]]],
    [
      'Spotify',
      'Bearer realm="spotify", error="invalid_token", error_description="The access token expired"',
      [
        [
          'bearer',
          { realm: 'spotify', error: 'invalid_token', error_description: 'The access token expired' },
        ],
      ],
    ],
    [
      'Exchange',
      'Bearer client_id="x", trusted_issuers="00000001@*", token_types="app_asserted_user_v1 service_asserted_app_v1", error="invalid_token",Basic Realm=""',
      [
        [
          'bearer',
          {
            client_id: 'x',
            trusted_issuers: '00000001@*',
            token_types: 'app_asserted_user_v1 service_asserted_app_v1',
            error: 'invalid_token',
          },
        ],
        ['basic', { realm: '' }],
      ],
    ],
    [
      'IIS',
      'Negotiate, NTLM, Basic realm="host"',
      [
        ['negotiate', {}],
        ['ntlm', {}],
        ['basic', { realm: 'host' }],
      ],
    ],
    ['Kerberos, half way', 'Negotiate oRQwEqADCgEBoQsGCSqGSIb3EgECAg==', [['negotiate', {}]]],
    [
      'AWS',
      'Bearer scope="read", error="insufficient_scope" , Basic',
      [
        ['bearer', { scope: 'read', error: 'insufficient_scope' }],
        ['basic', {}],
      ],
    ],
  ])('%s', (_, header, expected) => {
    expect(read(header)).toEqual(expected)
  })
})

describe('a header that is odd', () => {
  it.each<[string, unknown[]]>([
    ['', []],
    [' , ,, ', []],
    [', , Bearer , ,realm="x"', [['bearer', { realm: 'x' }]]],
    ['Bearer realm = "x" , error\t=\t"y"', [['bearer', { realm: 'x', error: 'y' }]]],
    [
      'Bearer realm="x" error="y" Basic realm="z"',
      [
        ['bearer', { realm: 'x', error: 'y' }],
        ['basic', { realm: 'z' }],
      ],
    ],
    ['Bearer error=', [['bearer', {}]]],
    [
      'Bearer realm="x", error=, Basic',
      [
        ['bearer', { realm: 'x', error: '' }],
        ['basic', {}],
      ],
    ],
    ['Bearer realm="never ends, Basic realm=\\"', [['bearer', { realm: 'never ends, Basic realm="' }]]],
    ['Bearer error="a\\', [['bearer', { error: 'a' }]]],
    ['Bearer realm="a\\\\", error="b"', [['bearer', { realm: 'a\\', error: 'b' }]]],
    ['Bearer "stray, error=x", error=y', [['bearer', { error: 'y' }]]],
    ['error="y", Bearer', [['bearer', {}]]],
    ['Bearer x.error=y', [['bearer', { 'x.error': 'y' }]]],
    ['Bearer realm=https://x/y?a=b, error=c', [['bearer', { realm: 'https://x/y?a=b', error: 'c' }]]],
    ['= = "a" = ,', []],
  ])('is read as far as it can be: %j', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  it('may come several times', () => {
    expect(read(['Basic realm="never ends', 'Bearer error="x"'])).toEqual([
      ['basic', { realm: 'never ends' }],
      ['bearer', { error: 'x' }],
    ])
  })
})

describe('finding 18: the time it takes', () => {
  const PIECES = [
    'a',
    'a=',
    'a="',
    'a= ',
    '\\',
    '"',
    ' ',
    'a="\\',
    'a ',
    'a =',
    '=',
    ',',
    'a,',
    '\\"',
    'a=b ',
    '\t',
  ]

  const header = (piece: string, length: number) => `Bearer ${piece.repeat(Math.ceil(length / piece.length))}`

  const timeOf = (work: () => void) => {
    const before = performance.now()
    work()
    return performance.now() - before
  }

  it.each(PIECES)('grows as the header does: %j repeated for 15 kB', (piece) => {
    const long = header(piece, 15_360)
    const short = header(piece, 960)
    const ratios = Array.from({ length: 21 }, () => {
      const whole = timeOf(() => challengesOf(long))
      const parts = timeOf(() => {
        for (let part = 0; part < 16; part++) challengesOf(short)
      })
      return whole / parts
    })

    // As much text in all: a quadratic reader takes sixteen times as long for it in one piece.
    expect(ratios.toSorted((a, b) => a - b)[10]).toBeLessThan(6)
  })
})
