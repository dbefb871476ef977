import { describe, expect, it } from 'vitest'
import { createAuthAxios, useHttp } from '../../src/index.ts'
import { emptyApp } from '../support/empty-app.ts'
import { manualApp } from '../support/manual-app.ts'
import { manualBackend } from '../support/manual-backend.ts'

const { backend } = manualBackend()

describe('useHttp()', () => {
  it('gives the registered instance', () => {
    const { app, auth } = manualApp()

    expect(app.runWithContext(() => useHttp())).toBe(auth.http)
    expect(app.runWithContext(() => useHttp('authAxios'))).toBe(auth.http)
  })

  it('gives the instance of another identity by its name', () => {
    const staff = createAuthAxios({ id: 'staff', backend })
    const { app, auth } = manualApp({}, (application) => application.use(staff))

    expect(app.runWithContext(() => useHttp('staff'))).toBe(staff.http)
    expect(app.runWithContext(() => useHttp('authAxios'))).toBe(auth.http)
  })

  it('gives that of `auth` without a name, whichever came first', () => {
    const staff = createAuthAxios({ id: 'staff', backend })
    const { app, auth } = manualApp({}, (application) => application.use(staff))

    expect(app.runWithContext(() => useHttp())).toBe(auth.http)
  })

  it('gives the only one there is without a name, also where it is not `auth`', () => {
    const { app, auth } = manualApp({ id: 'staff' })

    expect(app.runWithContext(() => useHttp())).toBe(auth.http)
  })

  it('says how to get the instance outside of an application, each time', () => {
    for (const attempt of [1, 2]) {
      expect(() => useHttp(), `attempt ${attempt}`).toThrow(/setup functions.*createAuthAxios\(\).*`http`/)
    }
  })

  it('says what to do where nothing is installed', () => {
    expect(() => emptyApp().runWithContext(() => useHttp())).toThrow(/no instance.*app\.use\(authAxios\)/)
  })

  it('says what to do where that identity is not installed', () => {
    const { app } = manualApp()

    expect(() => app.runWithContext(() => useHttp('staff'))).toThrow(
      /useHttp\("staff"\).*createAuthAxios\(\{ id: "staff" \}\)/,
    )
  })

  it('throws plain errors: they are no answer to a request', () => {
    try {
      useHttp()
      expect.unreachable()
    } catch (error) {
      expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
    }
  })

  it('finds no instance of an application that is unmounted', () => {
    const { app } = manualApp()
    app.unmount()

    expect(() => app.runWithContext(() => useHttp())).toThrow('no instance')
  })
})
