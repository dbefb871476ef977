// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { mapWritableState, storeToRefs } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import { computed, defineComponent, h, nextTick, watch } from 'vue'
import { useAuthStore } from '../../../src/index.ts'
import { gate } from '../../support/gate.ts'
import { type MountedApp, mountApp } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { shows } from '../../support/shows.ts'
import OptionsBadge from './fixtures/OptionsBadge.vue'
import SessionBadge from './fixtures/SessionBadge.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

/** Mounts a component as somebody who has just signed in. */
async function signedIn(component: Parameters<typeof mountApp>[0]): Promise<MountedApp> {
  const app = mountApp(component)
  await app.store.ready()
  await app.store.setTokens(api.grant())
  await shows(app, 'Ada Lovelace')
  return app
}

describe('a component that takes the session apart with storeToRefs', () => {
  test('shows that it is not known yet whether there is a session, then that there is none', async () => {
    const app = mountApp(SessionBadge)
    expect(app.text()).toBe('pending')

    await app.store.ready()
    await nextTick()

    expect(app.text()).toBe('anonymous')
  })

  test('shows the session of an earlier visit, then its user', async () => {
    ;(await signedIn(SessionBadge)).unmount()
    const me = gate()
    api.held.set('/auth/me', me.passed)

    const app = mountApp(SessionBadge)
    await shows(app, /^authenticated Sign out$/)
    me.open()

    await shows(app, 'authenticated Ada Lovelace')
  })

  test('shows a refresh as long as it is pending', async () => {
    const app = await signedIn(SessionBadge)
    const refresh = gate()
    api.held.set('/auth/refresh', refresh.passed)

    const refreshed = app.store.refresh()
    await shows(app, 'refreshing')
    refresh.open()
    await refreshed
    await nextTick()

    expect(app.text()).toBe('authenticated Ada Lovelace Sign out')
  })

  test('shows no user any more as soon as somebody signs out, though the server has not answered', async () => {
    const app = await signedIn(SessionBadge)
    const farewell = gate()
    api.held.set('/auth/logout', farewell.passed)

    await app.press('Sign out')

    expect(app.text()).toBe('anonymous')
    expect(app.wrapper.html()).not.toContain('Ada')
    farewell.open()
  })

  test('shows no user any more once a refresh was refused', async () => {
    const app = await signedIn(SessionBadge)
    api.isRefusing = true

    await app.store.refresh().catch(() => {})
    await nextTick()

    expect(app.text()).toBe('expired')
  })

  test('shows the next user, and never the one before him again', async () => {
    const app = await signedIn(SessionBadge)
    const texts: string[] = []
    const { status, user } = storeToRefs(app.store)
    watch([status, user], () => texts.push(app.text()), { flush: 'post' })

    await app.press('Sign out')
    await app.store.login({ username: 'ada', password: 'ada' }, { redirect: false })
    await nextTick()

    expect(texts).toEqual(['anonymous', 'authenticated Ada Lovelace Sign out'])
  })
})

describe('a component of the options API', () => {
  test('signs in and out with mapActions, and shows what mapState and mapStores give', async () => {
    const app = mountApp(OptionsBadge)
    await shows(app, 'anonymous')

    await app.press('Sign in')
    await shows(app, 'authenticated Hello Ada Lovelace, AT-')
    await app.press('Sign out')

    await shows(app, 'anonymous')
    expect(app.text()).not.toContain('Ada')
  })

  test('shows with mapState that a refresh is pending', async () => {
    const app = await signedIn(OptionsBadge)
    const refresh = gate()
    api.held.set('/auth/refresh', refresh.passed)

    const refreshed = app.store.refresh()
    await shows(app, 'refreshing')
    refresh.open()
    await refreshed

    await expect.poll(() => app.text()).not.toContain('refreshing')
  })

  test('sends requests with this.$http, with a refresh where the token is dead', async () => {
    const app = await signedIn(OptionsBadge)
    api.expire()

    await app.press('Load')

    await shows(app, 'Item 7')
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('may edit the user with mapWritableState', async () => {
    const app = await signedIn(
      defineComponent({
        computed: mapWritableState(useAuthStore, ['user']),
        render() {
          const rename = () => (this.user = { ...this.user, name: 'Countess Lovelace' })
          return h('button', { onClick: rename }, String(this.user?.name))
        },
      }),
    )

    await app.press('Ada Lovelace')

    expect([app.text(), app.store.user]).toEqual([
      'Countess Lovelace',
      expect.objectContaining({ username: 'ada' }),
    ])
  })
})

describe('what is computed from the session', () => {
  test('follows the tokens', async () => {
    const Token = defineComponent({
      setup() {
        const auth = useAuthStore()
        const scheme = computed(() => `${auth.user?.name}: ${auth.tokens?.tokenType} ${auth.accessToken}`)
        return () => h('p', scheme.value)
      },
    })
    const app = await signedIn(Token)
    const { accessToken } = app.store

    await app.store.refresh()
    await nextTick()

    expect(app.store.accessToken).not.toBe(accessToken)
    expect(app.text()).toBe(`Ada Lovelace: Bearer ${app.store.accessToken}`)
  })
})
