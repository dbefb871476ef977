import { type Reading, type WireReply, jsonReply } from '../../support/model-server.ts'

/** What becomes of one request on its way. */
export interface Fate {
  /** What the server does with the refresh token in it, if it gets as far as reading it. */
  readonly reads: Reading | 'nothing'
  /** What comes back: the server's own answer, another one in its place, or none. */
  readonly answer: 'its own' | 'cut off' | 'not connected' | 'never' | WireReply
}

const page = (status: number): WireReply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Please sign in to this network</title>',
})

const empty: WireReply = { status: 200, headers: {}, body: '' }

const turnedAway = (status: number, seconds?: number): Fate => ({
  reads: 'nothing',
  answer: jsonReply(status, {}, seconds === undefined ? {} : { 'retry-after': String(seconds) }),
})

const unread = (answer: Fate['answer']): Fate => ({ reads: 'nothing', answer })

const lost = (answer: Fate['answer']): Fate => ({ reads: 'rotates', answer })

export const ordinary: Fate = { reads: 'rotates', answer: 'its own' }

/** In place of a refresh: its backend throws at once. */
export const throwing: Fate = unread('never')

/** What refreshes may meet. */
export const refreshFates = {
  success: ordinary,
  'success, same refresh token': { reads: 'keeps', answer: 'its own' },
  '400': unread(jsonReply(400, { error: 'invalid_grant' })),
  '401': unread(jsonReply(401, {})),
  '403': unread(jsonReply(403, {})),
  '403 page': unread(page(403)),
  '408': unread(jsonReply(408, {})),
  '429': turnedAway(429),
  '429 for 1 s': turnedAway(429, 1),
  '429 for 5 s': turnedAway(429, 5),
  '429 for 30 s': turnedAway(429, 30),
  '500': unread(jsonReply(500, {})),
  '500 after the rotation': lost(jsonReply(500, {})),
  '502 page': unread(page(502)),
  '503': turnedAway(503),
  '503 for 2 s': turnedAway(503, 2),
  'page with 200': unread(page(200)),
  'page with 200 after the rotation': lost(page(200)),
  'empty after the rotation': lost(empty),
  'no token after the rotation': lost(jsonReply(200, {})),
  'a number for a token after the rotation': lost(jsonReply(200, { access_token: 7 })),
  'never answered': unread('never'),
  'never answered after the rotation': lost('never'),
  'cut off': unread('cut off'),
  'cut off after the rotation': lost('cut off'),
  'not connected': unread('not connected'),
  throws: throwing,
} satisfies Record<string, Fate>

/** What logouts may meet. */
export const logoutFates = {
  success: ordinary,
  '419': unread(jsonReply(419, { message: 'CSRF token mismatch.' })),
  '500': unread(jsonReply(500, {})),
  'never answered': unread('never'),
  'cut off': unread('cut off'),
} satisfies Record<string, Fate>

/** What ordinary requests and logins may meet besides the server's own answers. */
export const cutOff: Fate = unread('cut off')
