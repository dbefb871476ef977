import { type Router, type RouterHistory, createRouter } from 'vue-router'
import AdminPage from './pages/AdminPage.vue'
import LoginPage from './pages/LoginPage.vue'
import OrdersPage from './pages/OrdersPage.vue'

export const createAppRouter = (history: RouterHistory): Router =>
  createRouter({
    history,
    routes: [
      { path: '/', component: OrdersPage, meta: { auth: true } },
      { path: '/login', component: LoginPage, meta: { auth: 'guest' } },
      { path: '/admin', component: AdminPage, meta: { auth: (user) => user?.role === 'admin' } },
    ],
  })
