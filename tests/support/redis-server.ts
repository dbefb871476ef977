import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'

/** The first server of the kind that is installed. */
const COMMAND = ['redis-server', 'valkey-server'].find(
  (command) => spawnSync(command, ['--version']).status === 0,
)

/** Whether there is one. */
export const hasRedis = COMMAND !== undefined

/** Why tests are skipped without. */
export const NO_REDIS = 'needs redis-server or valkey-server (apt-get install redis-server)'

/** A Redis of one's own, on a free port of the loopback interface, that keeps nothing on the disk. */
export class RedisServer {
  #port = 0
  #directory = ''
  #process: ChildProcess | undefined

  /** Starts it; on the same port, with an empty memory, where it was stopped before. */
  async start(): Promise<this> {
    this.#port ||= await freePort()
    this.#directory ||= await mkdtemp(join(tmpdir(), 'vue-auth-axios-redis-'))
    const settings = { port: this.#port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: this.#directory }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    this.#process = spawn(COMMAND ?? '', args, { stdio: 'ignore' })
    await this.#answers()
    return this
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? { exitCode: 0 }
    if (!this.#process || exitCode !== null || signalCode) return
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
  }

  /** Stops it without a word: connections stay open, and nothing is answered. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  /** Lets it go on. */
  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Ends it and removes what it wrote. */
  async remove(): Promise<void> {
    await this.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }

  /** Everything that its process has in memory, as bytes (Linux). */
  async memory(): Promise<Buffer> {
    const { pid } = this.#process ?? {}
    const maps = await readFile(`/proc/${pid}/maps`, 'latin1')
    const file = await open(`/proc/${pid}/mem`, 'r')
    try {
      const parts: Buffer[] = []
      for (const [, from = '', to = ''] of maps.matchAll(
        /^([\da-f]+)-([\da-f]+) rw.. .* 0 *(?:\[(?:heap|stack|anon.*)\])?$/gm,
      )) {
        const start = Number.parseInt(from, 16)
        parts.push(await readAt(file, start, Number.parseInt(to, 16) - start))
      }
      return Buffer.concat(parts)
    } finally {
      await file.close()
    }
  }

  async #answers(): Promise<void> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: 20 } })
    client.on('error', () => {}) // it takes a moment to listen
    await client.connect()
    await client.ping()
    await client.close()
  }
}

async function readAt(
  file: Awaited<ReturnType<typeof open>>,
  start: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  try {
    const { bytesRead } = await file.read(bytes, 0, length, start)
    return bytes.subarray(0, bytesRead)
  } catch {
    return Buffer.alloc(0) // reserved, not used
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
