import axios from 'axios'
import { onTestFinished } from 'vitest'
import { type AuthAxiosOptions, type TokenReply } from '../../src/index.ts'
import { type Harness, install } from './app.ts'

/** An access token that no server lets in. */
export const STALE = 'stale'

/** Installs the library in the test's own page, against the strict API, with a session whose access token is stale. */
export async function visitStrict(
  { axios: settings, ...options }: AuthAxiosOptions = {},
  tokens: TokenReply = {},
): Promise<Harness> {
  const { data } = await axios.post<object>('/strict/auth/login')
  const harness = install({ axios: { baseURL: '/strict', ...settings }, ...options })
  onTestFinished(() => harness.app.unmount())
  await harness.store.ready()
  await harness.store.setTokens({ ...data, access_token: STALE, ...tokens })
  return harness
}
