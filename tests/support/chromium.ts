import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as playwright from 'playwright'
import { findProgram } from './programs.ts'

/** How to start the Chromium of this machine, in the shape of Playwright's launch options. */
export interface ChromiumLaunch {
  /** Missing where none was found: Playwright then says what to install. */
  executablePath?: string
  args: string[]
  env?: Record<string, string>
}

/** The version of the Chromium that is fetched where there is none: 70 MB that most have no need of. */
const PACKED = '147.0.0'

const NODE_MODULES = join(import.meta.dirname, '../../node_modules')

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** No sandbox, as tests also run as root, and nothing that reaches for the network by itself. */
const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let found: ChromiumLaunch | undefined

/**
 * Finds a Chromium: `CHROMIUM_PATH`, an installed one, Playwright's own, the one that is packed in
 * `@sparticuz/chromium`, which is fetched then. The search runs once, at the first call.
 */
export function chromiumLaunch(): ChromiumLaunch {
  found ??= findChromium()
  return found
}

function findChromium(): ChromiumLaunch {
  const executablePath = process.env.CHROMIUM_PATH || findProgram(NAMES, PLACES) || playwrightChromium()
  if (executablePath) return { executablePath, args: QUIET_FLAGS }
  return packedChromium() ?? { args: QUIET_FLAGS }
}

function playwrightChromium(): string | undefined {
  const { chromium } = createRequire(import.meta.url)('playwright') as typeof playwright
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}

/** Unpacks the binary beside the packages, with the fonts and libraries that a bare machine lacks. */
function packedChromium(): ChromiumLaunch | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(NODE_MODULES, '.cache', `chromium-${PACKED}`)
  if (!existsSync(folder) && !unpack(folder)) return undefined
  return {
    executablePath: join(folder, 'chromium'),
    args: QUIET_FLAGS,
    env: {
      ...(process.env as Record<string, string>),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, join(folder, 'al2023/lib')].filter(Boolean).join(':'),
    },
  }
}

/** Fetches the package into a folder of its own; says where it is, `null` without a network. */
function fetchPacked(folder: string): string | null {
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', [...args, `@sparticuz/chromium@${PACKED}`], { stdio: 'inherit' })
  return status === 0 ? join(folder, 'node_modules/@sparticuz/chromium') : null
}

/** Another process finds either nothing or the whole: the folder gets its name once it is complete. */
function unpack(folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  const home = fetchPacked(join(draft, 'package'))
  if (!home) return false
  const script =
    'const { default: chromium } = await import(process.argv[1]); await chromium.executablePath()'
  // The package unpacks to the temp folder, and its libraries only where it believes to be on a Lambda.
  const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
  execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', script, join(home, 'build/esm/index.js')],
    { env, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  rmSync(join(draft, 'package'), { recursive: true })
  const fonts = join(draft, 'fonts/fonts.conf')
  writeFileSync(fonts, readFileSync(fonts, 'utf8').replaceAll('/tmp/', `${folder}/`))
  if (!existsSync(folder)) renameSync(draft, folder)
  return true
}
