import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Workshop, freePort, machineNode, npmPackages } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

const VERSION = '12.4.0'

async function start(workshop: Workshop): Promise<RunningServer> {
  const packages = npmPackages('directus', { directus: VERSION, sqlite3: '^5.1.7' })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const database = join(workshop.folder, 'data.db')
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: origin,
    SECRET: 'a'.repeat(45),
    DB_CLIENT: 'sqlite3',
    DB_FILENAME: database,
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: PASSWORD,
    ACCESS_TOKEN_TTL: '8s',
    REFRESH_TOKEN_TTL: '10m',
    TELEMETRY: 'false',
    RATE_LIMITER_ENABLED: 'false',
    SERVE_APP: 'false',
    CACHE_ENABLED: 'false',
    WEBSOCKETS_ENABLED: 'false',
  }
  symlinkSync(join(packages, 'node_modules'), join(workshop.folder, 'node_modules'))
  const cli = join(packages, 'node_modules/directus/cli.js')
  workshop.run(machineNode(), [cli, 'bootstrap'], env)
  await workshop.start(`${origin}/server/ping`, machineNode(), [cli, 'start'], env)
  return {
    version: VERSION,
    origin,
    prefix: '/directus',
    revoke: async () => {
      const data = new DatabaseSync(database)
      data.exec('pragma busy_timeout = 5000; delete from directus_sessions')
      data.close()
    },
  }
}

const common = {
  credentials: { email: 'admin@example.com', password: PASSWORD },
  wrong: { email: 'admin@example.com', password: 'wrong' },
  items: '/directus/roles',
  refresh: { method: 'POST', path: '/directus/auth/refresh' },
  lifetime: 8000,
  start,
}

/** Directus, with both tokens in the page. */
export const directusTokens: RealServer = {
  ...common,
  name: 'Directus, tokens',
  setupName: 'directus',
}

/** Directus, with the refresh token in a cookie. */
export const directusInCookie: RealServer = {
  ...common,
  name: 'Directus, cookie',
  setupName: 'directusCookie',
}
