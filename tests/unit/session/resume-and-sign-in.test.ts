import { expect, it } from 'vitest'
import { manualApp } from '../../support/manual-app.ts'
import { failure } from '../../support/outcomes.ts'
import { memoryRouter } from '../../support/routes.ts'
import { turns } from '../../support/turns.ts'
import { page } from '../../support/visitor.ts'

it('a sign-in waits for a resume that is under way again, so that no late cookie takes the place of its own', async () => {
  const router = memoryRouter([{ path: '/secret', component: page, meta: { auth: true } }])
  const app = manualApp({ backend: { resumable: true } }, (vue) => vue.use(router))
  await turns(50)
  app.refreshes[0]?.fail(new Error('down'))
  await app.store.ready()
  await router.push('/login')
  const arriving = router.push('/secret')
  await turns(50)
  expect(app.refreshes).toHaveLength(2)

  const signedIn = app.store.login({}, { redirect: false })
  await turns(50)
  expect(app.logins).toHaveLength(0)
  app.refreshes[1]?.fail(Object.assign(new Error('no'), { response: { status: 401 } }))
  await turns(50)

  expect(app.logins).toHaveLength(1)
  app.logins[0]?.fail(new Error('wrong'))
  expect(await failure(signedIn)).toEqual(new Error('wrong'))
  await arriving
})
