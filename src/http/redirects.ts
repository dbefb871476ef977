import type { AxiosHeaders, InternalAxiosRequestConfig } from 'axios'
import { originOf, originOfRequest } from './origin.ts'

/** What Node's adapter itself adds to a request; it says nothing of the session. */
const ADAPTERS_OWN =
  /^(accept|accept-encoding|connection|content-(length|type)|host|transfer-encoding|user-agent)$/i

/** Whether redirects are followed by axios' own adapter, which has to be told what not to take along. */
const inNode = Boolean(globalThis.process?.versions?.node)

/**
 * Keeps what a session put on a request from following it to another host. Browsers see to it that `Authorization` does
 * not, and Node's adapter as well; a header of another name would go along.
 *
 * @param plain the headers as they were before the session's were put on them
 * @see RFC 9110 section 15.4
 */
export function keepFromOtherHosts(sent: InternalAxiosRequestConfig, plain: AxiosHeaders): void {
  if (!inNode) return
  const { beforeRedirect } = sent
  sent.beforeRedirect = (options, ...details) => {
    if (originOf(String(options.href)) !== originOfRequest(sent)) {
      const { headers } = options as { headers: Record<string, unknown> }
      for (const name of Object.keys(headers)) {
        if (!ADAPTERS_OWN.test(name) && sent.headers.get(name) !== plain.get(name)) delete headers[name]
      }
    }
    beforeRedirect?.(options, ...details)
  }
}
