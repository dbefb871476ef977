import { createRequire } from 'node:module'

/** A contestant, as tables name it. */
export interface Entry {
  /** The name of its file. */
  file: string
  name: string
  version?: string
  /** Why it does not do what others do. */
  note?: string
}

const require = createRequire(import.meta.url)

/** Some packages do not export their package.json. */
function versionOf(name: string): string {
  const path = require.resolve
    .paths(name)
    ?.map((folder) => `${folder}/${name}/package.json`)
    .find((file) => canRequire(file))
  return path ? String(require(path).version) : ''
}

function canRequire(file: string): boolean {
  try {
    return Boolean(require(file))
  } catch {
    return false
  }
}

export const OURS: Entry = { file: 'ours', name: 'vue-auth-axios' }

/** Bare axios, twice: what lies between the two is noise. */
export const FLOOR: Entry = { file: 'floor', name: 'axios, one line', version: versionOf('axios') }
export const FLOOR_AGAIN: Entry = { ...FLOOR, name: 'axios, one line, again' }

/** The same HTTP work, written out for one expiry. */
export const IDEAL: Entry = { file: 'by-hand', name: 'the ideal, by hand' }

/** What people use today. */
export const OTHERS: Entry[] = [
  { file: 'shared-promise', name: 'shared-promise interceptor' },
  { file: 'axios-auth-refresh', name: 'axios-auth-refresh', version: versionOf('axios-auth-refresh') },
  {
    file: 'axios-auth-refresh-all',
    name: 'axios-auth-refresh, deduplicateRefresh: false',
    version: versionOf('axios-auth-refresh'),
  },
  {
    file: 'axios-auth-refresh-queue',
    name: 'axios-auth-refresh-queue',
    version: versionOf('axios-auth-refresh-queue'),
  },
  {
    file: 'axios-jwt',
    name: 'axios-jwt',
    version: versionOf('axios-jwt'),
    note: 'goes by the end of its token alone, and leaves a 401 to the caller',
  },
  { file: 'alova', name: 'alova', version: versionOf('alova') },
  {
    file: 'vue-auth',
    name: '@websanova/vue-auth',
    version: versionOf('@websanova/vue-auth'),
    note: 'refreshes every so often, and signs out on a 401',
  },
]
