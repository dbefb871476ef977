import {
  type AuthorizationServer,
  allowInsecureRequests,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import { OAuth2Error, oauth2Error } from './errors.ts'
import { lazily } from './lazily.ts'
import type { OAuth2BackendOptions } from './options.ts'

/** A provider that may have to be asked for its metadata first. */
export interface Provider {
  /** Names it, before anything is known of it. */
  readonly name: string
  /** Says that plain http will do: it is on this machine. */
  readonly insecure: { [allowInsecureRequests]: boolean }
  /** Asks it for something; whatever goes wrong is an `OAuth2Error`. */
  ask<Answer>(work: (server: AuthorizationServer) => Promise<Answer>): Promise<Answer>
  /**
   * Gives one of its endpoints.
   *
   * @throws OAuth2Error `ERR_OAUTH2_UNSUPPORTED` where it has none by that name
   */
  endpoint(name: 'authorization_endpoint' | 'end_session_endpoint' | 'userinfo_endpoint'): Promise<URL>
}
/** Finds the provider that options name. */
export function providerOf({ issuer, server }: OAuth2BackendOptions): Provider {
  const name = String(issuer ?? server.issuer)
  // A provider on this machine has no certificate.
  const insecure = { [allowInsecureRequests]: /^http:\/\/(localhost|127\.0\.0\.1)([:/]|$)/.test(name) }

  async function discover(): Promise<AuthorizationServer> {
    const url = new URL(name)
    const answer = await discoveryRequest(url, insecure)
    // Providers without OpenID Connect have it elsewhere (RFC 8414).
    const other = answer.ok ? answer : await discoveryRequest(url, { ...insecure, algorithm: 'oauth2' })
    return processDiscoveryResponse(url, other)
  }

  const metadata = lazily(
    async () =>
      server ??
      discover().catch((error) => {
        // The answer stays below: it is none to a refresh, and must not end a session.
        throw new OAuth2Error('NETWORK', { detail: name, cause: oauth2Error(error) })
      }),
  )

  return {
    name,
    insecure,
    ask: (work) =>
      metadata()
        .then(work)
        .catch((error) => {
          throw oauth2Error(error)
        }),
    async endpoint(which) {
      const url = (await metadata())[which]
      if (!url) throw new OAuth2Error('UNSUPPORTED', { detail: which })
      return new URL(url)
    },
  }
}
