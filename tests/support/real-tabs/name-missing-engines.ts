import { ENGINES } from './engines/engines.ts'

/** Says once, at the start of the tests of tabs, in which engines they do not run. */
export function setup(): void {
  const missing = ENGINES.filter((engine) => !engine.isInstalled())
  const names = missing.map(({ name, packages }) => `${name} (${packages})`)
  if (names.length > 0) process.stdout.write(`not installed, so its tests are skipped: ${names.join(', ')}\n`)
}
