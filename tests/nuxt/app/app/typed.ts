import type { PageMeta } from '#app'

// Compiled, not run: what an editor says of a page.
export const known: PageMeta[] = [
  { auth: true },
  { auth: 'guest' },
  { auth: (user) => user?.role === 'admin' },
  { auth: false, authId: 'staff' },
]

// @ts-expect-error -- no such word
export const wrong: PageMeta = { auth: 'nobody' }

// @ts-expect-error -- users have no such member
export const stranger: PageMeta = { auth: (user) => user?.age === 3 }

export const useTyped = () => {
  const { data } = useAsyncData(async () => (await useHttp().get<{ session: number }>('/orders')).data)
  const id: number | undefined = useAuthStore().user?.id
  const session: number | undefined = data.value?.session
  return { id, session }
}
