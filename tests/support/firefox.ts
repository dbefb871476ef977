import { findProgram } from './programs.ts'

const NAMES = ['firefox-esr', 'firefox']

const PLACES = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
]

let found: { path: string | undefined } | undefined

/** Finds a Firefox: `FIREFOX_PATH`, else an installed one. The search runs once, at the first call. */
export function firefoxPath(): string | undefined {
  found ??= { path: process.env.FIREFOX_PATH || findProgram(NAMES, PLACES) }
  return found.path
}
