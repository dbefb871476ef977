import type { AxiosInstance, CreateAxiosDefaults } from 'axios'
import { assertInstance } from './assert-instance.ts'

/** Whose session the requests of an instance belong to. */
export interface Owner {
  /** Whether it is installed in an application. */
  isLive: boolean
  /** Names the session there is. */
  readonly sessionId: string | undefined
  /** Gives an instance up to another owner. */
  disconnect(instance: AxiosInstance): void
}

/** The property of an instance that names its owner; packages that are loaded twice agree on it. */
const OWNER = Symbol.for('vue-auth-axios:owner')

type Owned = AxiosInstance & { [OWNER]?: Owner | undefined }

/** The owner of an instance. */
export const ownerOf = (instance: AxiosInstance): Owner | undefined => (instance as Owned)[OWNER]

/**
 * Takes an instance, unless an installation that is alive has it. Every config gets the id of the session at the moment
 * of the call, before an interceptor may take its time: the defaults of the instance hold it.
 *
 * @throws Error where it is no axios instance, or another installation has it
 */
export function take(instance: AxiosInstance, owner: Owner): void {
  assertInstance(instance)
  const known = ownerOf(instance)
  if (known?.isLive && known !== owner) {
    throw new Error(
      'This axios instance belongs to another installation, whose session would be sent for this one. Make one for each: pass settings, or axios.create() in the app factory.',
    )
  }
  if (known !== owner) known?.disconnect(instance)
  Object.defineProperty(instance, OWNER, { value: owner, configurable: true })
  Object.defineProperty(instance.defaults, 'sessionId', {
    get: () => owner.sessionId,
    set: () => {},
    enumerable: true,
    configurable: true,
  })
}

/** Lets go of an instance, if it is still the owner's. */
export function leave(instance: AxiosInstance, owner: Owner): void {
  if (ownerOf(instance) !== owner) return
  Reflect.deleteProperty(instance, OWNER)
  Reflect.deleteProperty(instance.defaults as CreateAxiosDefaults, 'sessionId')
}
