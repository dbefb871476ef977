import { type RouteRecordRaw, type Router, createRouter, createWebHistory } from 'vue-router'
import AboutPage from './pages/AboutPage.vue'
import DashboardPage from './pages/DashboardPage.vue'
import LoginPage from './pages/LoginPage.vue'
import MissingPage from './pages/MissingPage.vue'
import StationPage from './pages/StationPage.vue'
import StormPage from './pages/StormPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** Beside the page is what it sends, unless it is `wide`; one in a frame has no header either. */
    layout?: 'wide' | 'frame'
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    component: StormPage,
    meta: { auth: false, title: '100 requests, one expired token', layout: 'wide' },
  },
  {
    path: '/second-tab',
    component: () => import('./pages/SecondTabPage.vue'),
    meta: { auth: false, title: 'Second tab', layout: 'frame' },
  },
  { path: '/dashboard', component: DashboardPage, meta: { auth: true, title: 'Dashboard' } },
  { path: '/stations/:id(\\d+)', component: StationPage, meta: { auth: true, title: 'Station' } },
  { path: '/live', component: () => import('./pages/LivePage.vue'), meta: { auth: true, title: 'Live' } },
  { path: '/login', component: LoginPage, meta: { auth: 'guest', title: 'Sign in', layout: 'wide' } },
  {
    path: '/oauth2/callback',
    component: () => import('./pages/CallbackPage.vue'),
    meta: { auth: false, title: 'Signing in', layout: 'wide' },
  },
  // Where the provider sends visitors when they have signed out there too.
  { path: '/oauth2', redirect: '/login' },
  {
    path: '/identities',
    component: () => import('./pages/IdentitiesPage.vue'),
    meta: { auth: false, title: 'Two identities' },
  },
  {
    path: '/back-end',
    component: () => import('./pages/BffPage.vue'),
    meta: { auth: false, title: 'Back end' },
  },
  { path: '/about', component: AboutPage, meta: { auth: false, title: 'What to try' } },
  { path: '/:path(.*)*', component: MissingPage, meta: { title: 'No such page' } },
]

/** Makes the router: pages that ask for a session, one for those without, and the rest for everyone. */
export function createPlaygroundRouter(): Router {
  return createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
  })
}
