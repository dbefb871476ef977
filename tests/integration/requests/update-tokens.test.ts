import { describe, expect, test } from 'vitest'
import { failure } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

/** A session in memory, where no lock gives each its turn, with a refresh on its way. */
async function refreshing() {
  const server = await startServer()
  const { store } = await signIn(server)
  let open = () => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  server.hold = ({ path }) => (path === '/auth/refresh' ? held : undefined)
  const refresh = store.refresh()
  await server.arrived('/auth/refresh')
  return { store, refresh, open }
}

describe('tokens that are obtained elsewhere during a refresh', () => {
  test('come after it, without locks as well', async () => {
    const { store, refresh, open } = await refreshing()

    const update = store.updateTokens({ accessToken: 'AT-tenant' })
    open()

    expect(await refresh).toMatchObject({ accessToken: 'AT-1-2' })
    await update
    expect(store.tokens).toMatchObject({ accessToken: 'AT-tenant', refreshToken: 'RT-1-2' })
  })

  test('are told of the end of their session, and do not wait for the refresh', async () => {
    const { store, refresh, open } = await refreshing()

    const update = store.updateTokens({ accessToken: 'AT-tenant' })
    const [gone] = [failure(update), failure(refresh)]
    const logout = store.logout()

    expect(await gone).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_SESSION_CHANGED' })
    open()
    await logout
    expect(store.tokens).toBeNull()
  })
})

test('tokens that are obtained elsewhere are none of the session that begins in the same turn', async () => {
  const { store } = await signIn(await startServer())

  const update = failure(store.updateTokens({ accessToken: 'AT-tenant' }))
  await store.setTokens({ accessToken: 'AT-next' })

  expect(await update).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
  expect(store.accessToken).toBe('AT-next')
})
