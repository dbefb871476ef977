import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a process can be asked to do, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- each takes what it takes
export type Handlers = Record<string, (parameter: any) => unknown>

interface Question {
  id: number
  name: string
  parameter: unknown
}

interface Reply {
  id: number
  value?: unknown
  error?: string
}

/** Answers the process that started this one. */
export function serve(handlers: Handlers): void {
  process.on('message', async ({ id, name, parameter }: Question) => {
    const reply: Reply = await attempt(async () => handlers[name]?.(parameter)).then(
      (value) => ({ id, value }),
      (error: unknown) => ({
        id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
    process.send?.(reply)
  })
  // The process that asked is gone.
  process.on('disconnect', () => process.exit())
}

const attempt = <T>(work: () => Promise<T>) => work()

/** How a process is started. */
export interface Start {
  args?: string[]
  /** Flags of Node. */
  flags?: string[]
}

/** A process that answers questions, one after another. */
export class Remote<H extends Handlers> {
  readonly #child: ChildProcess
  #counter = 0
  #said = ''

  constructor(module: URL, { args = [], flags = [] }: Start = {}) {
    this.#child = fork(fileURLToPath(module), args, {
      execArgv: flags,
      // What is measured is what users get: Vue and Pinia without their checks for developers.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.on('data', (text: Buffer) => (this.#said = `${this.#said}${text}`.slice(-2_000)))
  }

  /** Asks, and waits for the answer; a process that takes longer than `timeout` ms is ended. */
  ask<K extends keyof H & string>(
    name: K,
    parameter: Parameters<H[K]>[0],
    timeout = 60_000,
  ): Promise<Awaited<ReturnType<H[K]>>> {
    const id = ++this.#counter
    const child = this.#child
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        child.off('message', onReply)
        child.off('exit', onExit)
      }
      const onReply = (reply: Reply) => {
        if (reply.id !== id) return
        settle()
        if (reply.error === undefined) resolve(reply.value as Awaited<ReturnType<H[K]>>)
        else reject(new Error(reply.error))
      }
      const onExit = () => {
        settle()
        reject(new Error(`The process ended. ${this.#said}`))
      }
      const timer = setTimeout(() => {
        settle()
        child.kill('SIGKILL')
        reject(new Error(`No answer to "${name}" within ${timeout / 1000} s.`))
      }, timeout)
      child.on('message', onReply)
      child.on('exit', onExit)
      if (!child.connected) return onExit()
      child.send({ id, name, parameter } satisfies Question)
    })
  }

  close(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve())
      this.#child.kill('SIGKILL')
    })
  }
}
