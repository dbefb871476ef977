import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Workshop, freePort, npmPackages } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

const SERVER = `
import OAuth2Server from '@node-oauth/oauth2-server'
import express from 'express'

const { Request, Response } = OAuth2Server
const client = { id: 'spa', grants: ['password', 'refresh_token'] }
const user = { id: 1, username: 'ann' }
let tokens = []
const oauth = new OAuth2Server({
  accessTokenLifetime: 5, refreshTokenLifetime: 600, alwaysIssueNewRefreshToken: true,
  model: {
    getClient: async (id, secret) => (id === 'spa' && (secret ?? 's3cret') === 's3cret' ? client : null),
    getUser: async (name, password) => (name === 'ann' && password === '${PASSWORD}' ? user : null),
    saveToken: async (token, client, user) => (tokens.push({ ...token, client, user }), { ...token, client, user }),
    getAccessToken: async (text) => tokens.find(({ accessToken }) => accessToken === text) ?? null,
    getRefreshToken: async (text) => tokens.find(({ refreshToken }) => refreshToken === text) ?? null,
    revokeToken: async ({ refreshToken }) => {
      const before = tokens.length
      tokens = tokens.filter((token) => token.refreshToken !== refreshToken)
      return tokens.length < before
    },
    verifyScope: async () => true,
  },
})

const answer = async (response, work) => {
  const inner = new Response(response)
  try {
    await work(inner)
    response.set(inner.headers).status(inner.status ?? 200).json(inner.body)
  } catch (error) {
    response.set(inner.headers).status(error.code || 500)
    response.json({ error: error.name, error_description: error.message })
  }
}
const signedIn = (request, response) =>
  answer(response, async (inner) => {
    const { user } = await oauth.authenticate(new Request(request), inner)
    inner.body = user
  })

const app = express().use(express.urlencoded({ extended: false }))
app.post('/oauth/token', (request, response) =>
  answer(response, (inner) => oauth.token(new Request(request), inner)))
app.post('/oauth/revoke', (request, response) => {
  const { token } = request.body
  tokens = tokens.filter(({ accessToken, refreshToken }) => accessToken !== token && refreshToken !== token)
  response.status(200).end()
})
app.get('/api/me', signedIn)
app.get('/api/items', signedIn)
app.post('/control/revoke', (_, response) => { tokens = []; response.end() })
app.listen(process.env.PORT, '127.0.0.1')
`

async function start(workshop: Workshop): Promise<RunningServer> {
  const packages = npmPackages('oauth2', { '@node-oauth/oauth2-server': '^5.3.0', express: '^4.22.3' })
  symlinkSync(join(packages, 'node_modules'), join(workshop.folder, 'node_modules'))
  const port = String(await freePort())
  const origin = `http://127.0.0.1:${port}`
  const script = workshop.write('server.mjs', SERVER)
  await workshop.start(`${origin}/api/me`, process.execPath, [script], { PORT: port })
  const manifest = join(packages, 'node_modules/@node-oauth/oauth2-server/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  return { version, origin, revoke: () => fetch(`${origin}/control/revoke`, { method: 'POST' }) }
}

/** An OAuth 2 token endpoint, with form bodies and client authentication. */
export const nodeOauth: RealServer = {
  name: 'node-oauth, token endpoint',
  setupName: 'tokenEndpoint',
  credentials: { username: 'ann', password: PASSWORD },
  wrong: { username: 'ann', password: 'wrong' },
  items: '/api/items',
  refresh: { method: 'POST', path: '/oauth/token' },
  lifetime: 5000,
  start,
}
