import { pathToFileURL } from 'node:url'
import type * as source from '../../src/index.ts'

type Library = Pick<typeof source, 'createAuthAxios'>

/** The folder that is measured: what `npm run build` has made, or another build to compare it with. */
export const dist: URL = process.env.BENCH_DIST
  ? pathToFileURL(`${process.env.BENCH_DIST}/`)
  : new URL('../../dist/', import.meta.url)

/** The library as it is published. */
export const library = (): Promise<Library> => import(new URL('index.js', dist).href)
