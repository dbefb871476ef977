import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Workshop, freePort, npmPackages } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

/** Takes its session by cookie and by bearer token at `/api/session-items`, its JWTs at `/api/jwt-items`. */
const SERVER = `
import http from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { bearer, jwt } from 'better-auth/plugins'
import { createLocalJWKSet, jwtVerify } from 'jose'

const { PORT, PAGE } = process.env
const database = new DatabaseSync(':memory:')
const auth = betterAuth({
  baseURL: 'http://127.0.0.1:' + PORT, secret: 'x'.repeat(40), database, emailAndPassword: { enabled: true },
  trustedOrigins: [PAGE], rateLimit: { enabled: false }, session: { expiresIn: 600, updateAge: 2 },
  telemetry: { enabled: false },
  plugins: [bearer(), jwt({ jwt: { expirationTime: '8s', issuer: 'api', audience: 'api' } })],
})
await (await getMigrations(auth.options)).runMigrations()
await auth.api.signUpEmail({ body: { email: 'ann@x.test', password: '${PASSWORD}', name: 'Ann' } })
database.exec('delete from session')
const handle = toNodeHandler(auth)

async function isSignedIn({ url, headers }) {
  if (!url.startsWith('/api/jwt-items')) return auth.api.getSession({ headers: fromNodeHeaders(headers) })
  const keys = createLocalJWKSet(await auth.api.getJwks())
  return jwtVerify((headers.authorization ?? '').slice(7), keys, { issuer: 'api' }).catch(() => null)
}

http.createServer(async (request, response) => {
  if (request.url.startsWith('/api/auth/')) return handle(request, response)
  if (request.url === '/control/revoke') database.exec('delete from session')
  const isFine = request.url.startsWith('/control/') || (await isSignedIn(request))
  response.writeHead(isFine ? 200 : 401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ok: Boolean(isFine) }))
}).listen(PORT, '127.0.0.1')
`

async function start(workshop: Workshop, pageOrigin: string): Promise<RunningServer> {
  const packages = npmPackages('betterauth', { 'better-auth': '^1.7.25', jose: '^6.2.0' })
  symlinkSync(join(packages, 'node_modules'), join(workshop.folder, 'node_modules'))
  const port = String(await freePort())
  const origin = `http://127.0.0.1:${port}`
  const env = { PORT: port, PAGE: pageOrigin }
  await workshop.start(`${origin}/control/up`, process.execPath, [workshop.write('server.mjs', SERVER)], env)
  const { version } = JSON.parse(
    readFileSync(join(packages, 'node_modules/better-auth/package.json'), 'utf8'),
  )
  return { version, origin, revoke: () => fetch(`${origin}/control/revoke`, { method: 'POST' }) }
}

const common = {
  credentials: { email: 'ann@x.test', password: PASSWORD },
  wrong: { email: 'ann@x.test', password: 'wrong' },
  start,
}

/** better-auth, with its session cookie. */
export const betterAuthSessions: RealServer = {
  ...common,
  name: 'better-auth, cookie',
  setupName: 'betterAuthCookie',
  items: '/api/session-items',
  lifetime: 0,
}

/** better-auth, with JWTs that its session cookie buys. */
export const betterAuthJwts: RealServer = {
  ...common,
  name: 'better-auth, JWT',
  setupName: 'betterAuthJwt',
  items: '/api/jwt-items',
  refresh: { method: 'GET', path: '/api/auth/token' },
  lifetime: 8000,
}

/** better-auth, with its session's token as a bearer token. */
export const betterAuthTokens: RealServer = {
  ...common,
  name: 'better-auth, bearer',
  setupName: 'betterAuthBearer',
  items: '/api/session-items',
  lifetime: 0,
}
