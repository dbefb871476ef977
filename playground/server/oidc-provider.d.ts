/** As much of the package as the playground and the tests use: it comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  interface Model {
    /** Resolves with the value that clients are given. */
    save(): Promise<string>
    destroy(): Promise<void>
  }

  interface GrantModel extends Model {
    addOIDCScope(scope: string): void
  }

  interface AccessTokenModel extends Model {
    readonly accountId: string
    readonly scope?: string
    /** The thumbprint of the key it is bound to. */
    readonly jkt?: string
    readonly sessionUid?: string
    readonly isValid: boolean
  }

  interface SessionModel {
    readonly acr?: string
    /** In seconds since the epoch. */
    readonly loginTs?: number
  }

  /** As much of a request's context as is looked at. */
  export interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string }
      readonly session?: { readonly accountId?: string; readonly acr?: string }
      readonly params: Readonly<Record<string, string | undefined>>
      readonly result?: { readonly login?: object }
    }
  }

  interface Interaction {
    readonly uid: string
    readonly params: Readonly<Record<string, unknown>>
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): RequestListener
    on(event: 'grant.error', listener: (context: unknown, error: { error_detail?: string }) => void): this
    on(event: 'grant.success', listener: (context: Context) => void): this
    on(event: 'server_error', listener: (context: unknown, error: Error) => void): this
    on(event: 'access_token.saved' | 'refresh_token.saved', listener: (token: Model) => void): this
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { mergeWithLastSubmission?: boolean },
    ): Promise<void>
    readonly Client: { find(id: string): Promise<object | undefined> }
    readonly Grant: new (properties: object) => GrantModel
    readonly AccessToken: (new (properties: object) => Model) & {
      find(value: string): Promise<AccessTokenModel | undefined>
    }
    readonly RefreshToken: new (properties: object) => Model
    readonly Session: { findByUid(uid: string): Promise<SessionModel | undefined> }
  }

  interface Prompt {
    readonly checks: { add(check: object): void }
  }

  export const interactionPolicy: {
    base(): { get(name: 'login' | 'consent'): Prompt }
    readonly Check: {
      new (reason: string, description: string, check: (context: Context) => boolean): object
      readonly REQUEST_PROMPT: boolean
      readonly NO_NEED_TO_PROMPT: boolean
    }
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export function createMemoryAdapter(): (model: string) => object
}
