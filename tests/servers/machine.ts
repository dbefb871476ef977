import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/servers')

/** Says why a server cannot be had on this machine. */
export class Unavailable extends Error {
  override name = 'Unavailable' as const
}

/** A folder of a server that is being tried, and what runs in it. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'vue-auth-axios-server-'))
  readonly #running: ChildProcess[] = []

  /** Writes a file into the folder, and gives its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  /** Runs a command to its end. */
  run(command: string, args: string[], env: Record<string, string> = {}, cwd = this.folder): string {
    const options = {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 300_000,
    } as const
    const { status, stdout, stderr, error } = spawnSync(command, args, options)
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
    return stdout
  }

  /** Starts a server, and waits until it answers. Its output is in the folder, as `server.log`. */
  async start(
    url: string,
    command: string,
    args: string[],
    env: Record<string, string> = {},
    cwd = this.folder,
  ) {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.push(child)
    const log = createWriteStream(join(this.folder, 'server.log'), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    await this.#answers(url, child)
  }

  async #answers(url: string, child: ChildProcess): Promise<void> {
    for (const latest = Date.now() + 180_000; Date.now() < latest; await sleep(250)) {
      if (child.exitCode !== null) break
      const answer = await fetch(url).catch(() => null)
      if (answer) return
    }
    throw new Error(`${url} did not answer:\n${this.log().slice(-2000)}`)
  }

  /** What the server has printed. */
  log(): string {
    const path = join(this.folder, 'server.log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Ends what was started here, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#running.map(end))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Ends a process and those that it has started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 5000)
  await exited
  clearTimeout(late)
}

/** A free port of this machine. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * The path without this project's own programs. Native modules are built for the Node of the machine, whose headers are
 * there, and run on that.
 */
const machinePath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !/node_modules|node-gyp-bin/.test(folder))
  .join(delimiter)

/** The Node of the machine, for servers with native modules. */
export const machineNode = (): string =>
  execFileSync('node', ['--print', 'process.execPath'], {
    env: { ...process.env, PATH: machinePath },
    encoding: 'utf8',
  }).trim()

/** Installs packages from npm, once, and gives their folder. */
export function npmPackages(name: string, packages: Record<string, string>): string {
  const folder = join(CACHE, name)
  const done = join(folder, 'installed.json')
  const wanted = JSON.stringify(packages)
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: packages }),
  )
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      env: { ...process.env, PATH: machinePath },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 20 * 60_000,
    })
  } catch (error) {
    throw new Unavailable(
      `npm install of ${Object.keys(packages).join(', ')} failed: ${String(error).slice(0, 300)}`,
    )
  }
  writeFileSync(done, wanted)
  return folder
}

/** Makes sure of packages of Debian, installing them where that may be done. */
export function debianPackages(...packages: string[]): void {
  const missing = packages.filter((name) => !isInstalled(name))
  if (missing.length === 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: 'ignore', timeout: 10 * 60_000 } as const
  const [tool = '', ...root] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  const install = [...root, 'install', '-y', '-qq', '--no-install-recommends', ...missing]
  spawnSync(tool, [...root, 'update', '-qq'], options)
  if (spawnSync(tool, install, options).status !== 0) {
    throw new Unavailable(`apt-get install ${missing.join(' ')} is not possible here`)
  }
}

const isInstalled = (name: string) =>
  spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' }).stdout?.includes(
    'ok installed',
  ) ?? false

/** The Python that Debian's packages belong to. */
export const PYTHON = '/usr/bin/python3'

/** Whether that Python is there, with these modules. */
export const hasPython = (...modules: string[]): boolean =>
  spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0
