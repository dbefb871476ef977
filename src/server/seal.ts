const KEY_DOMAIN = 'vue-auth-axios/server key v1\0'
const SEAL_DOMAIN = 'vue-auth-axios/server result v1'

/** The length of AES-GCM's initialisation vector, in bytes. */
const IV_LENGTH = 12

const encode = (text: string) => new TextEncoder().encode(text)

/** Turns bytes into base64url (RFC 4648 section 5), without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

/**
 * Turns base64url into bytes.
 *
 * @throws DOMException where it is none
 */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0))

/** The name under which the refreshes of a token find each other. It does not lead back to the token. */
export async function nameOf(token: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', encode(KEY_DOMAIN + token))))
}

/** Encrypts and decrypts what only the bearers of one token may read. */
export interface Seal {
  /** Encrypts a text. */
  close(text: string): Promise<string>
  /**
   * Decrypts it.
   *
   * @throws Error where it was not encrypted with the same token and name, or was changed since
   */
  open(sealed: string): Promise<string>
}

/**
 * Makes a seal from a token, by HKDF-SHA-256, for AES-256-GCM. The name is bound to what is sealed, so that nothing can be
 * put in the place of another.
 *
 * @see RFC 5869, NIST SP 800-38D
 */
export function sealOf(token: string, name: string): Seal {
  const key = keyOf(token)
  const additionalData = encode(name)
  return {
    async close(text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
      const algorithm = { name: 'AES-GCM', iv, additionalData }
      const encrypted = new Uint8Array(await crypto.subtle.encrypt(algorithm, await key, encode(text)))
      return toBase64Url(new Uint8Array([...iv, ...encrypted]))
    },
    async open(sealed) {
      const bytes = fromBase64Url(sealed)
      const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, IV_LENGTH), additionalData }
      const text = await crypto.subtle.decrypt(algorithm, await key, bytes.subarray(IV_LENGTH))
      return new TextDecoder().decode(text)
    },
  }
}

async function keyOf(token: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encode(token), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(SEAL_DOMAIN) }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}
