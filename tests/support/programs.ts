import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds a program by its names on the `PATH`, else in the places where it usually is. */
export function findProgram(names: string[], places: string[] = []): string | undefined {
  return onPath(names).find(runs) ?? places.find((path) => existsSync(path))
}

/** All files of these names on the `PATH`, whether they run or not. */
export function onPath(names: string[]): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter((path) => existsSync(path))
}

/** Ubuntu's `chromium-browser` and `firefox` may be scripts that only tell to install a snap. */
function runs(path: string): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0
}
