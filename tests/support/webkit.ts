import { globSync } from 'node:fs'
import { onPath } from './programs.ts'

/** How to start WebKitGTK: its driver, which starts the browser. */
export interface WebKitLaunch {
  driver: string
  /** MiniBrowser, the browser that comes with the engine. */
  browser: string
  /** `xvfb-run`, the screen of a machine without one; none where there is a screen. */
  screen: string | undefined
}

const BROWSERS = [
  '/usr/lib/*/webkit2gtk-4.1/MiniBrowser',
  '/usr/{lib,lib64,libexec}/webkit2gtk-4.1/MiniBrowser',
]

let found: { launch: WebKitLaunch | undefined } | undefined

/**
 * Finds a WebKitGTK: `WEBKIT_DRIVER_PATH` and `WEBKIT_BROWSER_PATH`, else an installed one with the browser beside it.
 * The search runs once, at the first call.
 */
export function webkitLaunch(): WebKitLaunch | undefined {
  found ??= { launch: findWebKit() }
  return found.launch
}

/** Neither the driver nor `xvfb-run` has a `--version` to be asked for. */
function findWebKit(): WebKitLaunch | undefined {
  const driver = process.env.WEBKIT_DRIVER_PATH || onPath(['WebKitWebDriver'])[0]
  const browser = process.env.WEBKIT_BROWSER_PATH || globSync(BROWSERS)[0]
  // The one does not run without the other.
  const screen = onPath(['xauth']).length > 0 ? onPath(['xvfb-run'])[0] : undefined
  const isShown = screen || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  return driver && browser && isShown ? { driver, browser, screen } : undefined
}
