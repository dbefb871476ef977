export { shareRefresh, type ShareRefreshOptions } from './share-refresh.ts'
export type { RefreshResults } from './results.ts'
export { redisResults, type RedisClient, type RedisResultsOptions } from './redis-results.ts'
export {
  cookieStorage,
  type CookieAttributes,
  type CookieStorageOptions,
  type RequestCookies,
} from './cookie-storage.ts'
