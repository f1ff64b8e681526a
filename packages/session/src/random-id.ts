// 32 signs: each takes exactly five bits of a random byte, so that no sign is more likely than another.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 random signs, 130 bits, safe in URLs and file names. */
export function randomId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(26))) id += alphabet[byte & 31] ?? ''
  return id
}
