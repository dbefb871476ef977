import { type App, type Component, createRenderer } from 'vue'

const nothing = () => {}

/** Renders into nothing, so that an application can be mounted and unmounted without a page. */
const { createApp } = createRenderer<object, object>({
  patchProp: nothing,
  insert: nothing,
  remove: nothing,
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  setText: nothing,
  setElementText: nothing,
  parentNode: () => null,
  nextSibling: () => null,
})

/** An empty application, or one with such a root, mounted by hand. */
export const emptyApp = (root: Component = { render: () => null }): App<object> => createApp(root)
