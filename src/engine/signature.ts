/** Signatures of messages: HMAC-SHA256 in base64, by the platform's own Web Crypto. */
const encoder = new TextEncoder()

/** base64(HMAC-SHA256(key, text)); the key is used as its UTF-8 bytes. */
export const signatureOf = async (key: string, text: string): Promise<string> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, ['sign'])
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)))
  return btoa(String.fromCharCode(...bytes))
}
