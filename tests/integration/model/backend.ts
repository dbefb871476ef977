import type { AxiosInstance } from 'axios'
import { type AuthBackend, httpBackend } from '../../../src/index.ts'
import { type Fate, throwing } from './fates.ts'

/**
 * Makes a backend for a JSON API that throws now and then, and numbers its requests for users.
 *
 * @param fates what the next refreshes meet
 */
export function createBackend(fates: Fate[], withUser: boolean): AuthBackend {
  const backend = httpBackend()
  let asked = 0
  const user = async (http: AxiosInstance) =>
    (await http.get('/auth/me', { headers: { 'x-user': String(++asked) } })).data
  return {
    ...backend,
    ...(withUser && { user }),
    refresh(tokens, context) {
      if (fates[0] !== throwing) return backend.refresh(tokens, context)
      fates.shift()
      throw new Error('The backend throws.')
    },
  }
}
