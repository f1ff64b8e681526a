/**
 * Does a line end in these bytes? What an event stream is alive by: an event, a ping, a comment, but not one more byte
 * of an event that never ends.
 */
export const endsLine = (bytes: Uint8Array): boolean => bytes.includes(10) || bytes.includes(13)
