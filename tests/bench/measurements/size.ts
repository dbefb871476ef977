import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { dist } from '../built.ts'
import type { Pace } from './measurement.ts'

/** What a bundler ships. */
export interface SizeRow {
  name: string
  /** What an application imports. */
  imports: string
  /** In bytes. */
  minified: number
  gzipped: number
}

/** An application that imports something, and from where. */
interface Imports {
  name: string
  /** Module to names; `*` for all of it. */
  from: Record<string, string>
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** What an application has anyway. */
const PEERS = /^(vue|pinia|axios|vue-router)(\/|$)/

const DRIVERS = '@websanova/vue-auth/dist/drivers'

const OTHERS: Imports[] = [
  { name: 'axios-auth-refresh', from: { 'axios-auth-refresh': '{ createAuthRefresh }' } },
  { name: 'axios-auth-refresh-queue', from: { 'axios-auth-refresh-queue': '{ applyAuthTokenInterceptor }' } },
  {
    name: 'axios-jwt',
    from: { 'axios-jwt': '{ applyAuthTokenInterceptor, setAuthTokens, clearAuthTokens }' },
  },
  {
    name: 'alova',
    from: {
      alova: '{ createAlova }',
      'alova/client': '{ createServerTokenAuthentication }',
      'alova/vue': 'VueHook',
      '@alova/adapter-axios': '{ axiosRequestAdapter }',
    },
  },
  {
    name: '@websanova/vue-auth',
    from: {
      '@websanova/vue-auth': '{ createAuth, useAuth }',
      [`${DRIVERS}/auth/bearer.esm.js`]: 'bearer',
      [`${DRIVERS}/http/axios.1.x.esm.js`]: 'http',
      [`${DRIVERS}/router/vue-router.2.x.esm.js`]: 'router',
    },
  },
]

/** 6. Size: what a bundler makes of it, minified and gzipped, peers apart. */
export async function measureSize({ tell }: Pace): Promise<SizeRow[]> {
  tell('bundles')
  const rows: SizeRow[] = []
  for (const imports of [...ours(), ...OTHERS]) rows.push(await rowOf(imports))
  return rows
}

/** Every entry of the package, and what applications import from the main one. */
function ours(): Imports[] {
  const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    exports: Record<string, string | { default: string }>
  }
  const entries = Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === 'string') return []
    const file = fileURLToPath(new URL(target.default.replace('./dist/', ''), dist))
    return [{ name: `vue-auth-axios${entry.slice(1)}`, file }]
  })
  const [main] = entries
  if (!main) throw new Error('The package has no entry.')
  const some = ['{ authAxios, httpBackend, useAuthStore, useHttp }', '{ isAuthError }']
  return [
    ...entries.map(({ name, file }) => ({ name, from: { [file]: '*' } })),
    ...some.map((names) => ({ name: main.name, from: { [main.file]: names } })),
  ]
}

async function rowOf({ name, from }: Imports): Promise<SizeRow> {
  const code = await bundle(sourceOf(from))
  const imports = Object.values(from).join(', ').replace('*', 'everything')
  return { name, imports, minified: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length }
}

function sourceOf(from: Record<string, string>): string {
  const lines = Object.entries(from).map(([module, names], index) => {
    const all = names === '*' ? `* as all${index}` : names
    return {
      line: `import ${all} from ${JSON.stringify(module)}`,
      names: names === '*' ? `all${index}` : names,
    }
  })
  const kept = lines.map(({ names }) => names.replace(/[{}]/g, '')).join(', ')
  return `${lines.map(({ line }) => line).join('\n')}\nglobalThis.kept = [${kept}]`
}

/** What Vite makes of a module for production. */
async function bundle(source: string): Promise<string> {
  const entry = 'virtual:application'
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      copyPublicDir: false,
      rolldownOptions: { input: entry, external: PEERS },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) =>
    'output' in each ? each.output : [],
  )
  const chunks = outputs.filter((output) => output.type === 'chunk')
  return chunks.map(({ code }) => code).join('')
}
