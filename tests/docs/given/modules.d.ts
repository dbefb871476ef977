// Modules of an app that examples import, and packages without types. (A file without imports: it declares them.)

declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}

declare module '@websanova/vue-auth' {
  export function createAuth(options: object): object
}

declare module '@websanova/vue-auth/dist/drivers/*' {
  const driver: object
  export default driver
}
