import { HttpResponse, http } from 'msw'
import { authHandlers } from 'vue-auth-axios/testing'

/** The shop's API: sessions as every API has them, and the orders behind them. */
export function createShopApi() {
  const auth = authHandlers({
    baseURL: '/shop-api',
    users: [
      { id: 1, username: 'ada', password: 'lovelace', name: 'Ada Lovelace', role: 'admin' },
      { id: 2, username: 'bob', password: 'kahn', name: 'Bob Kahn', role: 'member' },
    ],
  })
  const orders = http.get('/shop-api/orders', ({ request }) => {
    const page = Number(new URL(request.url).searchParams.get('page'))
    return HttpResponse.json([{ id: page, item: `Order ${page}` }])
  })
  return { ...auth, handlers: [...auth.handlers, orders] }
}
