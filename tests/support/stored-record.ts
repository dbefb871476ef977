import type { AuthTokens } from '../../src/index.ts'
import { writeRecord } from '../../src/storage/record.ts'
import { MemoryStorage } from './memory-storage.ts'

/** A storage as an earlier visit left it: with a session of these tokens. */
export const storageWith = (tokens: AuthTokens, key = 'vue-auth-axios:authAxios'): MemoryStorage =>
  new MemoryStorage({ [key]: writeRecord({ id: 'earlier', tokens, refreshAt: Infinity, generation: 1 }) })
