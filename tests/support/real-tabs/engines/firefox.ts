import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { firefoxPath } from '../../firefox.ts'
import { BiDi } from './bidi.ts'
import type { Engine, EngineProfile, RunningEngine } from './engine.ts'

/** What a driven Firefox does not set by itself. */
const PREFERENCES = {
  // As visitors have it.
  'fission.webContentIsolationStrategy': 1,
  // At most so many pages of one site have a process of their own.
  'dom.ipc.processCount.webIsolated': 8,
}

/** How long a browser may take to close before it is killed, in ms. */
const KINDNESS = 5_000

/** Firefox, driven by WebDriver BiDi. */
export const firefoxEngine: Engine = {
  name: 'Firefox',
  packages: 'firefox-esr',
  isInstalled: () => firefoxPath() !== undefined,
  launch,
}

async function launch(): Promise<RunningEngine> {
  const home = await mkdtemp(join(tmpdir(), 'vue-auth-axios-firefox-'))
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`)
  await writeFile(join(home, 'user.js'), lines.join(''))
  const browser = startBrowser(home)
  const driver = await BiDi.connect(`${await addressOf(browser)}/session`)
  const { capabilities } = await driver.send<{ capabilities: { browserVersion: string } }>('session.new', {
    capabilities: {},
  })
  return {
    version: `Firefox ${capabilities.browserVersion}`,
    createProfile: () => createProfile(driver),
    async close() {
      const exited = once(browser, 'exit')
      await Promise.race([
        driver.send('browser.close').then(() => exited),
        sleep(KINDNESS, 0, { ref: false }),
      ])
      browser.kill('SIGKILL')
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A Firefox that lives no longer than this process. */
function startBrowser(home: string): ChildProcess {
  const args = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', home]
  const browser = spawn(firefoxPath()!, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => browser.kill('SIGKILL')
  process.on('exit', kill)
  browser.on('exit', () => process.off('exit', kill))
  return browser
}

/** Where it listens, which it says on a line of its own. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stderr! })) {
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? []
    if (address) {
      // Whatever else it says is nobody's concern, but has to be taken off the pipe.
      stderr!.resume()
      return address
    }
  }
  throw new Error('Firefox has ended before it listened.')
}

async function createProfile(driver: BiDi): Promise<EngineProfile> {
  const { userContext } = await driver.send<{ userContext: string }>('browser.createUserContext')
  return {
    async open(url) {
      const created = { type: 'tab', userContext }
      const { context } = await driver.send<{ context: string }>('browsingContext.create', created)
      await driver.send('browsingContext.navigate', { context, url, wait: 'complete' })
      return { close: () => driver.send('browsingContext.close', { context }).then(() => {}) }
    },
    close: () => driver.send('browser.removeUserContext', { userContext }).then(() => {}),
  }
}
