/** All that the library asks of `process`; bundlers put the value of `NODE_ENV` in its place. */
declare var process: {
  readonly env: { readonly NODE_ENV?: string }
  readonly versions?: { readonly node?: string }
  getBuiltinModule?(
    name: string,
  ):
    | { readonly Readable?: { from(source: unknown, options?: object): AsyncIterable<Uint8Array> } }
    | undefined
}
