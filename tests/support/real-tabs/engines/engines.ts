import { chromiumEngine } from './chromium.ts'
import type { Engine } from './engine.ts'
import { firefoxEngine } from './firefox.ts'
import { webkitEngine } from './webkit.ts'

/** The engines that the tests of tabs run in. */
export const ENGINES: Engine[] = [chromiumEngine, firefoxEngine, webkitEngine]
