import { AxiosHeaders } from 'axios'

// A process of its own: imports the library, installs it, renders a page and has nothing more to do. What it says on
// its last line is what it found. Timers, locks, channels and storages are watched from before the import.
const touched: string[] = []
const watched: Array<[owner: object, names: string[]]> = [
  [globalThis, ['setInterval', 'BroadcastChannel', 'localStorage', 'sessionStorage', 'addEventListener']],
  [Object.getPrototypeOf(navigator.locks) as object, ['request', 'query']],
]
for (const [owner, names] of watched) {
  for (const name of names) {
    const original = Object.getOwnPropertyDescriptor(owner, name)
    Object.defineProperty(owner, name, {
      configurable: true,
      get() {
        touched.push(name)
        return original?.get ? original.get.call(globalThis) : original?.value
      },
    })
  }
}
const timers = new Set<unknown>()
let started = 0
const { setTimeout: start, clearTimeout: stop } = globalThis
Object.assign(globalThis, {
  setTimeout: (work: () => void, ms?: number) => {
    started++
    const timer = start(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
    return timer
  },
  clearTimeout: (timer: NodeJS.Timeout) => {
    timers.delete(timer)
    stop(timer)
  },
})
const { createMemoryHistory } = await import('vue-router')
const { renderToString } = await import('vue/server-renderer')
const { createSSRApp } = await import('vue')
await import('pinia')
await renderToString(createSSRApp({ render: () => null })) // what Vue itself leaves behind
const known = new Set(Reflect.ownKeys(globalThis))
touched.length = 0
started = 0

const library = await import('../../../src/index.ts')
const { createPage } = await import('./page.ts')
const isKept = process.argv[2] === 'kept'
const record = { v: 2, id: 'a', generation: 1, tokens: { accessToken: 'AT-1-1' }, refreshAt: null }
const sent: string[] = []
const auth = library.createAuthAxios({
  backend: library.httpBackend({ user: '/auth/me' }),
  ...(isKept && {
    storage: { getItem: () => JSON.stringify(record), setItem: () => {}, removeItem: () => {} },
  }),
  axios: {
    baseURL: 'https://api.test',
    adapter: async (config) => {
      sent.push(`${config.url} ${String(config.headers.get('Authorization') ?? 'without a token')}`)
      return {
        status: 200,
        statusText: '',
        data: { id: 1 },
        headers: new AxiosHeaders(),
        config,
        request: {},
      }
    },
  },
})
const { app, router } = createPage(auth, createMemoryHistory())
await router.push('/')
const html = await renderToString(app)

const globals = Reflect.ownKeys(globalThis).filter((key) => !known.has(key))
const report = {
  html,
  sent,
  touched,
  globals: globals.map(String),
  timersLeft: timers.size,
  timersStarted: started,
}
process.stdout.write(JSON.stringify(report))
