import { shareRefresh } from 'vue-auth-axios/server'
import config from '#auth-axios/config'
import server from '#auth-axios/server'
import type { NitroApp } from '#imports'
import { backendOf } from '../settings.ts'

/** One for the process: what it renders and the browsers that refresh through it share their refreshes. */
export default function share({ hooks }: NitroApp): void {
  const backend = shareRefresh(backendOf(config), server)
  hooks.hook('request', ({ context }) => {
    context.authAxios = backend
  })
}
