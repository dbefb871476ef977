import type { RefreshFault } from './strict-server.ts'

/** Everything that a refresh may meet in place of tokens; dates are made afresh. */
export const refreshFaults = (): RefreshFault[] => [
  'drop-before',
  'drop-after',
  'hang',
  'hang-after',
  { status: 400, body: '{"error":"invalid_grant"}' },
  { status: 408 },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 429, headers: { 'retry-after': new Date(Date.now() + 1_500).toUTCString() } },
  { status: 429, headers: { 'retry-after': '7' } },
  { status: 500 },
  { status: 502 },
  { status: 503 },
  { status: 503 },
  { status: 504 },
  { status: 302, headers: { location: '/page' } },
  { status: 200, body: '' },
  { status: 200, body: '<!doctype html>', headers: { 'content-type': 'text/html' } },
  { rotated: '<!doctype html><p>Welcome</p>', contentType: 'text/html' },
  { rotated: '' },
  { rotated: '{"access_token":"AT-1-2","refresh_tok' },
  { rotated: 'Bad Gateway', status: 502 },
]
