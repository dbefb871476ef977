/** How a process of a cluster is set up; it gets this as its first argument. */
export interface NodeSettings {
  /** The API that the pages show. */
  api: string
  /** The Redis of the cluster; none: each process is on its own. */
  redis?: string
  /** How processes refresh. */
  kind: 'shared' | 'recipe' | 'alone'
  /** Which client speaks with Redis. */
  client?: 'redis' | 'ioredis'
  /** The `hold` of `shareRefresh`. */
  hold?: number
}
