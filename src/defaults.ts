import { httpBackend } from './backends/http-backend.ts'
import { originsOf } from './http/origin.ts'
import { mayHaveAuthorization } from './http/own-credentials.ts'
import { type RefreshTest, refreshTest } from './http/refusal.ts'
import type { AuthAxiosOptions } from './options.ts'
import { isRefusal } from './session/failure.ts'

/** The options that have no default: what they are for does not happen without them. */
type Open = 'router' | 'attachTo' | 'forbiddenRoute' | 'onSessionEnd' | 'readTokens'

/** Options with every default in its place. */
export type ResolvedOptions = Required<Omit<AuthAxiosOptions, Open>> &
  Pick<AuthAxiosOptions, Open> & { shouldRefresh: RefreshTest }

/** RFC 6750 section 2.1. */
const bearer: ResolvedOptions['authorize'] = (headers, { tokenType = 'Bearer', accessToken }) => {
  const value = `${tokenType} ${accessToken}`
  // What is not there in any case can be put there without the search for it, the most of what a request costs.
  if (mayHaveAuthorization(headers)) headers.set('Authorization', value)
  else headers.Authorization = value
}

function assertBackend(backend: { refresh?: unknown }): void {
  if (typeof backend.refresh === 'function') return
  throw new Error(
    '`backend` has no `refresh`. Give it one, or take httpBackend({ login, refresh, logout, user }).',
  )
}

/** Puts every default in its place. An option that is `undefined` counts as not given. */
export function resolveOptions(options: AuthAxiosOptions, hasPage: boolean): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const { backend = httpBackend(), shouldRefresh } = options
  assertBackend(backend)
  const defaults: Required<Omit<AuthAxiosOptions, Open>> = {
    id: 'authAxios',
    axios: {},
    backend,
    storage: hasPage && !backend.resumable ? 'local' : 'memory',
    loginRoute: '/login',
    homeRoute: '/',
    redirectQuery: 'redirect',
    leeway: 30,
    refreshTimeout: 10_000,
    authorize: backend.authorize?.bind(backend) ?? bearer,
    shouldRefresh: refreshTest(shouldRefresh),
    isSessionOver: isRefusal,
    crossTab: true,
  }
  const attachTo = originsOf(options.attachTo)
  return {
    ...defaults,
    ...given,
    ...(attachTo && { attachTo }),
    shouldRefresh: defaults.shouldRefresh,
  }
}
