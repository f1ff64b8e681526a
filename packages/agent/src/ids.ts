/** Prefixed, URL-safe, 128 random bits. */
export const randomId = (prefix: string): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return `${prefix}_${hex}`
}
