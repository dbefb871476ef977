import { defineStore } from 'pinia'
import { ref } from 'vue'
import { isAuthError, useHttp } from 'vue-auth-axios'

export interface Order {
  id: number
  item: string
}

export const useOrders = defineStore('orders', () => {
  const http = useHttp()
  const list = ref<Order[]>([])
  const error = ref('')

  /** Three requests at once, as pages send them. */
  async function load(): Promise<void> {
    try {
      const pages = await Promise.all([1, 2, 3].map((page) => http.get<Order[]>(`/orders?page=${page}`)))
      list.value = pages.flatMap(({ data }) => data)
    } catch (reason) {
      error.value = isAuthError(reason) ? reason.message : 'The orders could not be loaded.'
    }
  }

  return { list, error, load }
})
