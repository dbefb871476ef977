/** As much of the package as the tests use: it comes without types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  interface Model {
    /** Resolves with the value that clients are given. */
    save(): Promise<string>
    destroy(): Promise<void>
  }

  interface GrantModel extends Model {
    addOIDCScope(scope: string): void
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): RequestListener
    on(event: 'grant.error', listener: (context: unknown, error: { error_detail?: string }) => void): this
    on(event: 'server_error', listener: (context: unknown, error: Error) => void): this
    on(event: 'access_token.saved', listener: (token: Model) => void): this
    readonly Client: { find(id: string): Promise<object | undefined> }
    readonly Grant: new (properties: object) => GrantModel
    readonly AccessToken: new (properties: object) => Model
    readonly RefreshToken: new (properties: object) => Model
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export function createMemoryAdapter(): (model: string) => object
}
