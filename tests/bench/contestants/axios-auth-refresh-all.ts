import { withAxiosAuthRefresh } from './with-axios-auth-refresh.ts'

export const contestant = withAxiosAuthRefresh(false)
