import './style.css'
import './user.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { authAxios, httpBackend } from 'vue-auth-axios'
import App from './App.vue'
import { createPlaygroundRouter } from './router.ts'
import { createWire, wireKey } from './wire/wire.ts'

const wire = createWire('/api')

createApp(App)
  .use(createPinia())
  .use(createPlaygroundRouter())
  .use(authAxios, {
    axios: wire.http,
    backend: httpBackend({
      login: '/auth/login',
      refresh: '/auth/refresh',
      logout: '/auth/logout',
      user: '/auth/me',
    }),
  })
  .provide(wireKey, wire)
  .mount('#app')
