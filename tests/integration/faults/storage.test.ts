import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { AuthStorage } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { settled } from '../../support/fake-time.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const quota = () => new DOMException('The quota has been exceeded.', 'QuotaExceededError')

const presented = (server: StrictServer): string[] =>
  server.to('/auth/refresh').map(({ body }) => JSON.parse(body.toString()).refresh_token)

test('40. a new pair that cannot be stored serves from memory, is told of once, and the old one never comes back', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { app, http, store } = await signIn(server, { storage })
  storage.before = (operation) => {
    if (operation === 'setItem') throw quota()
  }

  server.expire()
  expect((await http.get('/items/1')).status).toBe(200)
  server.expire()
  expect((await http.get('/items/2')).status).toBe(200)
  await settled()

  expectConsole('error', 'quota')
  expect(store.accessToken).toBe('AT-1-3')
  expect(presented(server)).toEqual(['RT-1-1', 'RT-1-2'])

  app.unmount()
  const next = visit(server, { storage })
  await next.store.ready()
  expect(next.store.status).toBe('anonymous')
  expect(storage.content).not.toContain('RT-1-1')
})

test('40. a storage that has room again takes the newest pair', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { store } = await signIn(server, { storage })
  storage.before = (operation) => {
    if (operation === 'setItem') throw quota()
  }
  await store.refresh()
  await settled()
  expectConsole('error', 'quota')
  storage.before = () => undefined

  await store.refresh()
  await settled()

  expect(storage.content).toContain('RT-1-3')
})

test('40. a write that hangs holds up no request', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { http } = await signIn(server, { storage, refreshTimeout: 300 })
  storage.before = (operation) => (operation === 'setItem' ? new Promise(() => {}) : undefined)
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)
  await vi.waitFor(() => expectNothingOf(storage, 'RT-1-1'))
  expectConsole('error', 'no answer within 300 ms')
})

function expectNothingOf(storage: Shelf, token: string): void {
  expect(storage.content).not.toContain(token)
}

test('40. a write that was given up on and lands late does not bring the old pair back', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { store } = await signIn(server, { storage, refreshTimeout: 250 })
  const late = Promise.withResolvers<void>()
  storage.before = (operation, value) =>
    operation === 'setItem' && value?.includes('RT-1-2') ? late.promise : undefined

  await store.refresh()
  await vi.waitFor(() => expectNothingOf(storage, 'RT-1-1'))
  expectConsole('error', 'no answer within 250 ms')
  await store.refresh()
  await vi.waitFor(() => expect(storage.content).toContain('RT-1-3'))
  late.resolve()
  await vi.waitFor(() => expect(storage.content).toContain('RT-1-3'))
  await settled()

  expectNothingOf(storage, 'RT-1-2')
  expect(storage.content).toContain('RT-1-3')
})

const broken: Record<string, () => unknown> = {
  rejects: () => Promise.reject(new Error('the disk is gone')),
  'throws at once': () => {
    throw new Error('the disk is gone')
  },
  'rejects with nothing': () => Promise.reject(undefined),
  'rejects with a string': () => Promise.reject('the disk is gone'),
}

test.each(Object.entries(broken))(
  '43. a storage that %s costs nothing but the memory',
  async (_name, fail) => {
    const server = await startServer()
    const storage = { getItem: fail, setItem: fail, removeItem: fail } as AuthStorage
    const { http, store } = visit(server, { storage })

    await store.ready()
    expect(store.status).toBe('anonymous')
    await store.login({})
    server.expire()
    expect((await http.get('/items/1')).status).toBe(200)
    await store.setTokens(server.grant())
    await store.refresh()
    await store.logout()
    await settled()

    expect(store.status).toBe('anonymous')
    expectConsole('error', /the disk is gone|undefined/, 1)
  },
)

test.each(Object.entries(broken))(
  '43. a storage that %s is told to an errorHandler that throws, and nothing is left unhandled',
  async (_name, fail) => {
    const server = await startServer()
    const storage = { getItem: fail, setItem: fail, removeItem: fail } as AuthStorage
    const { http, store } = visit(server, { storage }, (app) => {
      app.config.errorHandler = (error) => {
        throw error
      }
    })

    await store.ready()
    await store.login({})
    server.expire()
    expect((await http.get('/items/1')).status).toBe(200)
    await store.logout()
    await settled()

    expectConsole('error', /the disk is gone|undefined/, 1)
  },
)

test('43. a write that fails after the application is gone is not repeated, and leaves nothing unhandled', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { app, store } = await signIn(server, { storage })
  const writing = gate()
  storage.before = async (operation) => {
    await writing.passed
    await settled()
    if (operation === 'setItem') throw quota()
  }

  const unhandled = await unhandledRejections(async () => {
    await store.refresh()
    void store.setTokens(server.grant())
    app.unmount()
    writing.open()
    for (let round = 0; round < 50; round++) await settled()
  })

  expect(unhandled).toEqual([])
  expect(storage.written.length).toBeLessThanOrEqual(4)
})

test('43. a slow storage that fails late is not written to for ever', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { store } = await signIn(server, { storage, refreshTimeout: 200 })
  storage.before = async (operation) => {
    if (operation === 'getItem') return
    await sleep(300)
    throw quota()
  }

  await store.refresh()
  await sleep(1_500)

  expect(storage.written.length).toBeLessThanOrEqual(4)
  expectConsole('error', 'no answer within 200 ms')
})

test('43. a storage that never answers holds the start up for so long and no longer', async () => {
  const server = await startServer()
  const hang = () => new Promise<never>(() => {})
  const { http, store } = visit(server, {
    storage: { getItem: hang, setItem: hang, removeItem: hang },
    refreshTimeout: 60,
  })

  expect((await failure(http.get('/items/1'))) as Error).toMatchObject({ response: { status: 401 } })
  await store.login({})
  expect((await http.get('/items/2')).status).toBe(200)
  expectConsole('error', 'no answer within 60 ms')
})

test.each([undefined, 42, { accessToken: 'AT-1-1' }, true])(
  '43. a storage whose getItem gives %j is taken for an empty one',
  async (value) => {
    const server = await startServer()
    const storage = new Shelf()
    storage.getItem = () => Promise.resolve(value as unknown as string)
    const { store } = visit(server, { storage })

    await store.ready()

    expect(store.status).toBe('anonymous')
  },
)

test('44. a stored session comes back after a reload', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { app } = await signIn(server, { storage })
  app.unmount()

  const { http, store } = visit(server, { storage })
  await store.ready()

  expect(store.status).toBe('authenticated')
  expect((await http.get('/items/1')).status).toBe(200)
})

test.each([0, 1, 99, '1', null, undefined])(
  '44. a record of version %j is ignored, and the next sign-in works',
  async (version) => {
    const server = await startServer()
    const storage = new Shelf()
    const { app } = await signIn(server, { storage })
    app.unmount()
    const record = JSON.parse(storage.items.get('vue-auth-axios:authAxios')!) as Record<string, unknown>
    const versioned = Object.entries(record).find(([, value]) => value === 2)
    storage.items.set('vue-auth-axios:authAxios', JSON.stringify({ ...record, [versioned![0]]: version }))

    const { http, store } = visit(server, { storage })
    await store.ready()
    expect(store.status).toBe('anonymous')
    await store.login({})

    expect((await http.get('/items/1')).status).toBe(200)
    expect(storage.content).toContain('RT-2-1')
  },
)
