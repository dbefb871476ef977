import { afterEach, describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'

const PAGE = '/tests/browser/pages/blank.html'

describe('a browser test', () => {
  afterEach(() => {
    localStorage.clear()
  })

  it('reaches the API of the playground on its own origin', async () => {
    const response = await fetch('/api/debug/stats')

    expect(await response.json()).toHaveProperty('refreshes')
  })

  it('shares its storage with a second tab, and nothing else', async () => {
    localStorage.setItem('shared', 'yes')
    Object.assign(window, { own: 'yes' })

    const tab = await commands.openTab(PAGE)

    expect(await commands.evaluateInTab(tab, 'localStorage.shared')).toBe('yes')
    expect(await commands.evaluateInTab(tab, 'typeof own')).toBe('undefined')
    expect(await commands.evaluateInTab(tab, 'window.opener')).toBeNull()
    await commands.closeTab(tab)
  })

  it('may close a tab while it holds a lock', async () => {
    const tab = await commands.openTab(PAGE)
    const hold =
      "new Promise((held) => navigator.locks.request('door', () => (held(), new Promise(() => {}))))"
    await commands.evaluateInTab(tab, `${hold}.then(() => {})`)
    const entered = navigator.locks.request('door', () => true)

    await commands.closeTab(tab)

    expect(await entered).toBe(true)
  })

  it('may import the code under test in a second tab', async () => {
    const tab = await commands.openTab(PAGE)

    expect(await commands.evaluateInTab(tab, "import('/src/types.ts').then(Object.keys)")).toEqual([])
    await commands.closeTab(tab)
  })
})
