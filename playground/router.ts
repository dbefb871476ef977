import { createRouter, createWebHistory, type Router } from 'vue-router'
import AboutPage from './pages/AboutPage.vue'
import DashboardPage from './pages/DashboardPage.vue'
import LoginPage from './pages/LoginPage.vue'
import MissingPage from './pages/MissingPage.vue'
import StationPage from './pages/StationPage.vue'

/** Makes the router: two pages that ask for a session, one for those without, and the rest for everyone. */
export function createPlaygroundRouter(): Router {
  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', component: DashboardPage, meta: { auth: true } },
      { path: '/stations/:id(\\d+)', component: StationPage, meta: { auth: true } },
      { path: '/login', component: LoginPage, meta: { auth: 'guest' } },
      { path: '/identities', component: () => import('./pages/IdentitiesPage.vue'), meta: { auth: false } },
      { path: '/back-end', component: () => import('./pages/BffPage.vue'), meta: { auth: false } },
      { path: '/about', component: AboutPage, meta: { auth: false } },
      { path: '/:path(.*)*', component: MissingPage },
    ],
  })
}
