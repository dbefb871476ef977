import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { type Workshop, debianPackages, freePort } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

/** The API behind the proxy, which looks for its tokens in either header. */
const API = `
import { randomUUID } from 'node:crypto'
import http from 'node:http'

const LIFETIME = 5000
const access = new Map()
const refresh = new Set()
function issue() {
  const pair = { access_token: randomUUID(), refresh_token: randomUUID(), expires_in: LIFETIME / 1000 }
  access.set(pair.access_token, Date.now() + LIFETIME)
  refresh.add(pair.refresh_token)
  return pair
}
const routes = {
  '/auth/login': ({ password }) => password === '${PASSWORD}' ? [200, issue()] : [401, { error: 'wrong' }],
  '/auth/refresh': (body) => refresh.delete(body.refresh_token) ? [200, issue()] : [401, { error: 'invalid_grant' }],
  '/auth/logout': (body) => (refresh.delete(body.refresh_token), [200, {}]),
  '/control/revoke': () => (refresh.clear(), access.clear(), [200, {}]),
}
http.createServer(async (request, response) => {
  const body = (await request.toArray()).join('')
  const token = request.headers['x-access-token'] ?? (request.headers.authorization ?? '').replace('Bearer ', '')
  const isLive = (access.get(token) ?? 0) > Date.now()
  const [status, answer] = routes[request.url]?.(JSON.parse(body || '{}')) ?? (isLive ? [200, { ok: true }] : [401, {}])
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}).listen(process.env.PORT, '127.0.0.1')
`

const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const config = (folder: string, port: number, api: string, locations: string) => `
daemon off; pid nginx.pid; error_log error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  ${places.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  server { listen 127.0.0.1:${port}; ${locations.replaceAll('API', api)} }
}
`

const AUTH_REQUEST = `
  location /auth/ { proxy_pass API; }
  location = /_verify {
    internal; proxy_pass API/verify; proxy_pass_request_body off; proxy_set_header Content-Length "";
  }
  location / { auth_request /_verify; proxy_pass API; }
`

const BASIC = `
  location / { auth_basic "staging"; auth_basic_user_file htpasswd; proxy_pass API; }
`

async function start(workshop: Workshop, locations: string): Promise<RunningServer> {
  debianPackages('nginx')
  const { folder } = workshop
  const [apiPort, port] = [await freePort(), await freePort()]
  const api = `http://127.0.0.1:${apiPort}`
  await workshop.start(api, process.execPath, [workshop.write('api.mjs', API)], { PORT: String(apiPort) })
  chmodSync(folder, 0o755) // its workers are another user
  workshop.write('htpasswd', 'dev:{PLAIN}staging\n')
  workshop.write('nginx.conf', config(folder, port, api, locations))
  const origin = `http://127.0.0.1:${port}`
  await workshop.start(origin, 'nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'])
  return {
    version: workshop.run('sh', ['-c', 'nginx -v 2>&1']).replace(/^.*\//, '').trim(),
    origin,
    revoke: () => fetch(`${api}/control/revoke`, { method: 'POST' }),
  }
}

const common = {
  credentials: { username: 'ann', password: PASSWORD },
  wrong: { username: 'ann', password: 'wrong' },
  items: '/items',
  refresh: { method: 'POST', path: '/auth/refresh' },
  lifetime: 5000,
}

/** nginx with `auth_request` in front of an API. */
export const nginxAuthRequest: RealServer = {
  ...common,
  name: 'nginx, auth_request',
  setupName: 'behindAuthRequest',
  start: (workshop) => start(workshop, AUTH_REQUEST),
}

/** nginx with Basic authentication in front of an API. */
export const nginxBasic: RealServer = {
  ...common,
  name: 'nginx, Basic authentication',
  setupName: 'behindBasic',
  basic: { username: 'dev', password: 'staging' },
  start: (workshop) => start(workshop, BASIC),
}
