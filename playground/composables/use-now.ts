import { onScopeDispose, readonly, type Ref, ref } from 'vue'

/** The time, in ms since the epoch, as it passes. */
export function useNow(every = 250): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const timer = setInterval(() => {
    now.value = Date.now()
  }, every)
  onScopeDispose(() => clearInterval(timer))
  return readonly(now)
}
