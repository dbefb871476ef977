const BUILT_IN = new Set<object>(
  [Object, Function, Array, Error, Map, Set, Promise, RegExp, Date, ArrayBuffer, URL, Headers].map(
    ({ prototype }) => prototype as object,
  ),
)

/** Every string, key or value, that can be reached from a value: by properties of any kind, getters among them. */
export function reachableStrings(root: unknown): Set<string> {
  const strings = new Set<string>()
  const seen = new Set<unknown>()
  const queue: unknown[] = [root]
  for (let value = queue.pop(); queue.length > 0 || value !== undefined; value = queue.pop()) {
    if (typeof value === 'string') strings.add(value)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
      continue
    seen.add(value)
    if (value instanceof Map) queue.push(...value.keys(), ...value.values())
    if (value instanceof Set) queue.push(...value)
    if (value instanceof Uint8Array) strings.add(Buffer.from(value).toString())
    for (const [key, member] of membersOf(value)) queue.push(key, member)
  }
  return strings
}

/** Whether a text can be reached from a value, also as a part of a longer one. */
export const reaches = (root: unknown, text: string): boolean =>
  [...reachableStrings(root)].some((string) => string.includes(text))

function membersOf(owner: object): Array<[key: unknown, value: unknown]> {
  const members: Array<[unknown, unknown]> = []
  for (let at: object | null = owner; at && !BUILT_IN.has(at); at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) members.push([key, read(owner, key)])
  }
  return members
}

function read(owner: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(owner, key)
  } catch {
    return undefined // a getter that is not meant for this object
  }
}
