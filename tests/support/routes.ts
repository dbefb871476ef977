import { type RouteRecordRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'

const page = { render: () => null }

/** A router without a page, with a few routes of every kind. */
export function memoryRouter(more: RouteRecordRaw[] = []): Router {
  return createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: page },
      { path: '/login', component: page },
      { path: '/orders/:id', component: page },
      { path: '/about', component: page, meta: { auth: false } },
      { path: '/welcome', component: page, meta: { auth: 'guest' } },
      ...more,
    ],
  })
}

/** The full paths that a router arrives at from now on. */
export function journey(router: Router): string[] {
  const path: string[] = []
  router.afterEach((to, _from, failure) => {
    if (!failure) path.push(to.fullPath)
  })
  return path
}
