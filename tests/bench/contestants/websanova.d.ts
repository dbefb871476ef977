declare module '@websanova/vue-auth' {
  export function createAuth(options: object): {
    token(name: string | null, token: string, expires: boolean): string | null
  }
}

declare module '@websanova/vue-auth/dist/drivers/*' {
  const driver: object
  export default driver
}
