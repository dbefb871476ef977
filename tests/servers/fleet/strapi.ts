import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Workshop, freePort, machineNode, npmPackages } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

const VERSION = '5.54.0'

const PACKAGES = {
  '@strapi/plugin-users-permissions': VERSION,
  '@strapi/strapi': VERSION,
  'better-sqlite3': '^12.11.1',
  react: '^18.3.1',
  'react-dom': '^18.3.1',
  'react-router-dom': '^6.30.6',
  'styled-components': '^6.6.0',
}

/** A visitor, and what the roles may do. */
const BOOTSTRAP = `module.exports = { register() {}, async bootstrap({ strapi }) {
  const roles = strapi.db.query('plugin::users-permissions.role')
  const permissions = strapi.db.query('plugin::users-permissions.permission')
  const authenticated = await roles.findOne({ where: { type: 'authenticated' } })
  const everyone = await roles.findOne({ where: { type: 'public' } })
  const allow = (role, action) =>
    permissions.create({ data: { action: 'plugin::users-permissions.' + action, role: role.id } })
  for (const role of [authenticated, everyone]) {
    await permissions.deleteMany({ where: { action: 'plugin::users-permissions.auth.refresh', role: role.id } })
    await allow(role, 'auth.refresh')
  }
  for (const action of ['auth.logout', 'user.me', 'auth.getSessions']) {
    await permissions.deleteMany({ where: { action: 'plugin::users-permissions.' + action, role: authenticated.id } })
    await allow(authenticated, action)
  }
  await strapi.plugin('users-permissions').service('user').add({ username: 'ann', email: 'ann@x.test',
    password: '${PASSWORD}', provider: 'local', confirmed: true, blocked: false, role: authenticated.id })
} }
`

const configs = (port: number, httpOnly: boolean) => ({
  server: `{ host: '127.0.0.1', port: ${port}, app: { keys: ['a'.repeat(24), 'b'.repeat(24)] } }`,
  admin: `{ auth: { secret: 'c'.repeat(32), sessions: {} }, apiToken: { salt: 'd'.repeat(24) }, serveAdminPanel: false,
    transfer: { token: { salt: 'e'.repeat(24) } }, secrets: { encryptionKey: 'f'.repeat(32) },
    flags: { nps: false, promoteEE: false } }`,
  api: `{ rest: { defaultLimit: 25 } }`,
  database: `{ connection: { client: 'sqlite', connection: { filename: '.tmp/data.db' }, useNullAsDefault: true } }`,
  middlewares: `['logger', 'errors', 'security', 'cors', 'poweredBy', 'query', 'body', 'session', 'favicon', 'public']
    .map((name) => 'strapi::' + name)`,
  plugins: `{ 'users-permissions': { config: { jwtSecret: 'g'.repeat(32), jwtManagement: 'refresh',
    ratelimit: { enabled: false, max: 10000 },
    sessions: { accessTokenLifespan: 8, maxRefreshTokenLifespan: 600, idleRefreshTokenLifespan: 600,
      httpOnly: ${httpOnly}, cookie: { secure: false, sameSite: 'lax', path: '/' } } } } }`,
})

async function start(workshop: Workshop, httpOnly: boolean): Promise<RunningServer> {
  const packages = npmPackages('strapi', PACKAGES)
  const port = await freePort()
  const { folder } = workshop
  workshop.write(
    'package.json',
    JSON.stringify({ name: 'app', version: '1.0.0', dependencies: PACKAGES, strapi: { uuid: false } }),
  )
  workshop.write('src/index.js', BOOTSTRAP)
  for (const [name, config] of Object.entries(configs(port, httpOnly))) {
    workshop.write(`config/${name}.js`, `module.exports = ${config}`)
  }
  workshop.write('.tmp/.keep', '')
  workshop.write('public/uploads/.keep', '')
  symlinkSync(join(packages, 'node_modules'), join(folder, 'node_modules'))
  const origin = `http://127.0.0.1:${port}`
  const cli = join(packages, 'node_modules/@strapi/strapi/bin/strapi.js')
  const env = { NODE_ENV: 'production', STRAPI_TELEMETRY_DISABLED: 'true' }
  await workshop.start(`${origin}/_health`, machineNode(), [cli, 'start'], env)
  return {
    version: VERSION,
    origin,
    revoke: async () => {
      const data = new DatabaseSync(join(folder, '.tmp/data.db'))
      data.exec('pragma busy_timeout = 5000; delete from strapi_sessions')
      data.close()
    },
  }
}

const common = {
  credentials: { identifier: 'ann@x.test', password: PASSWORD },
  wrong: { identifier: 'ann@x.test', password: 'wrong' },
  items: '/api/users/me',
  refresh: { method: 'POST', path: '/api/auth/refresh' },
  lifetime: 8000,
}

/** Strapi, with both tokens in the page. */
export const strapiTokens: RealServer = {
  ...common,
  name: 'Strapi, tokens',
  setupName: 'strapi',
  start: (workshop) => start(workshop, false),
}

/** Strapi, with the refresh token in a cookie. */
export const strapiInCookie: RealServer = {
  ...common,
  name: 'Strapi, cookie',
  setupName: 'strapiCookie',
  start: (workshop) => start(workshop, true),
}
