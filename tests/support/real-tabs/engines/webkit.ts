import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { webkitLaunch } from '../../webkit.ts'
import { freePort } from '../free-port.ts'
import type { Engine, EngineProfile, EngineTab, RunningEngine } from './engine.ts'
import { WebDriver } from './webdriver.ts'

/** How long the driver may take to start, and how long it is waited for between two looks, in ms. */
const START = { patience: 30_000, pause: 50 }

/** How long programs may take to clean up before they are killed, in ms. */
const KINDNESS = 2_000

/** WebKitGTK's own small browser, driven by WebDriver over HTTP. */
export const webkitEngine: Engine = {
  name: 'WebKit',
  packages: 'webkit2gtk-driver xvfb xauth',
  isInstalled: () => webkitLaunch() !== undefined,
  launch,
}

async function launch(): Promise<RunningEngine> {
  const { driver, browser, screen } = webkitLaunch()!
  const port = await freePort()
  const command = [driver, `--port=${port}`, '--host=127.0.0.1']
  const server = startGroup(screen ? [screen, '-a', ...command] : command)
  const origin = `http://127.0.0.1:${port}`
  try {
    await untilReady(origin, server.child)
  } catch (error) {
    await server.kill()
    throw error
  }
  const wanted = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } }
  // A session is a profile; the first one tells the version as well. There is one at a time.
  let next: Promise<WebDriver> | undefined = WebDriver.begin(origin, wanted)
  const { browserVersion } = (await next).capabilities
  return {
    version: `WebKitGTK ${String(browserVersion)}`,
    async createProfile() {
      const session = await (next ?? WebDriver.begin(origin, wanted))
      next = undefined
      return createProfile(session)
    },
    async close() {
      await (await next)?.end()
      await server.kill()
    },
  }
}

function createProfile(session: WebDriver): EngineProfile {
  // Commands go to one window at a time: each waits until the one before is done.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const select = (handle: string) => session.post('window', { handle })
  return {
    open: (url) =>
      inTurn(async (): Promise<EngineTab> => {
        // The first window stays: the session would end with the last one.
        const { handle } = await session.post<{ handle: string }>('window/new', { type: 'tab' })
        await select(handle)
        await session.post('url', { url })
        const close = () => inTurn(() => select(handle).then(session.closeWindow))
        return { close }
      }),
    close: () => inTurn(session.end),
  }
}

/** A program and all that it starts, which live no longer than this process. */
function startGroup([file = '', ...args]: string[]): { child: ChildProcess; kill(): Promise<void> } {
  const child = spawn(file, args, { detached: true, stdio: 'ignore' })
  const exited = once(child, 'exit')
  const killAll = () => signal(child, 'SIGKILL')
  process.on('exit', killAll)
  return {
    child,
    async kill() {
      process.off('exit', killAll)
      signal(child, 'SIGTERM')
      await Promise.race([exited, sleep(KINDNESS, undefined, { ref: false })])
      killAll()
    },
  }
}

/** Signals a program and all that it has started. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-pid!, name)
  } catch {
    // there is none of them left
  }
}

async function untilReady(origin: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START.patience
  while (Date.now() < end && child.exitCode === null) {
    const status = await fetch(`${origin}/status`).catch(() => undefined)
    if (status?.ok) return
    await sleep(START.pause)
  }
  throw new Error(`WebKitWebDriver has not started at ${origin}.`)
}
