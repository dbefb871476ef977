import { install } from './app.ts'
import { clientOf } from './client-of.ts'
import { Shelf } from './shelf.ts'
import type { StrictServer } from './strict-server.ts'

/** A storage with what a visitor left in it who signed in and closed the page. */
export async function storedSession(server: StrictServer, id = 'authAxios'): Promise<Shelf> {
  const storage = new Shelf()
  const { app, store } = install(clientOf(server, { id, storage }))
  await store.setTokens(server.grant())
  app.unmount()
  return storage
}
