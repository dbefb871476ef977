// Runs after `npm ci`, on whatever Node there is. The scripts and tests want Node 24, which runs TypeScript as it is: where
// an older one is installed, a Node 24 is put beside the packages, where npm's scripts find it first.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = '24.21.0'

const NODE_MODULES = join(import.meta.dirname, '../../node_modules')

const isWindows = process.platform === 'win32'

const MACHINE = `${isWindows ? 'win' : process.platform}-${process.arch}`

/** The program for this machine, as a package; one of the names is taken by somebody else. */
const PACKAGE = MACHINE === 'darwin-arm64' ? `node-bin-${MACHINE}` : `node-${MACHINE}`

/** Fetches the package into a folder of its own; says whether it has come. */
function fetchInto(folder) {
  // Without a project of its own, npm would take that above it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const args = ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  const settings = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: isWindows }
  return spawnSync('npm', [...args, `${PACKAGE}@${VERSION}`], settings).status === 0
}

/** Keeps the program alone: the headers beside it weigh half as much again. */
function keepProgram(folder) {
  const home = join(folder, 'node_modules', PACKAGE)
  const program = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).bin.node
  const bin = join(NODE_MODULES, '.bin')
  mkdirSync(bin, { recursive: true })
  renameSync(join(home, program), join(bin, isWindows ? 'node.exe' : 'node'))
}

// Where it is there already, npm has run this script with it.
if (Number.parseInt(process.versions.node, 10) < 24) {
  mkdirSync(NODE_MODULES, { recursive: true })
  const folder = mkdtempSync(join(NODE_MODULES, '.node-'))
  if (fetchInto(folder)) keepProgram(folder)
  else {
    console.error(
      `The scripts need Node 24, and ${PACKAGE}@${VERSION} cannot be had: install Node 24 yourself.`,
    )
    process.exitCode = 1
  }
  rmSync(folder, { recursive: true, force: true })
}
