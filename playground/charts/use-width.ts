import { onScopeDispose, type Ref, ref, watch } from 'vue'

/** Follows the width of an element, in px. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const width = ref(300)
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = Math.max(entry.contentRect.width, 1)
  })
  watch(element, (shown) => {
    observer.disconnect()
    if (shown) observer.observe(shown)
  })
  onScopeDispose(() => observer.disconnect())
  return width
}
