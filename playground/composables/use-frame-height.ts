import { onScopeDispose, ref, type Ref } from 'vue'

/** Gives a frame of this origin the height of its page. */
export function useFrameHeight(): { height: Readonly<Ref<number>>; follow: (event: Event) => void } {
  const height = ref(400)
  let observer: ResizeObserver | undefined

  function follow({ currentTarget }: Event): void {
    const page = (currentTarget as HTMLIFrameElement).contentDocument?.querySelector('.desk')
    observer?.disconnect()
    observer = new ResizeObserver(([entry]) => {
      if (entry) height.value = entry.borderBoxSize[0]?.blockSize ?? height.value
    })
    if (page) observer.observe(page)
  }

  onScopeDispose(() => observer?.disconnect())
  return { height, follow }
}
