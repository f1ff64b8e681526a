/** A body as text, and whether there was more of it. */
export interface BodyText {
  text: string
  isTruncated: boolean
}

/** Reads a body up to `limit` bytes and leaves the rest unread. */
export const readBody = async (body: AsyncIterable<Uint8Array>, limit: number): Promise<BodyText> => {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of body) {
    const room = limit - length
    length += chunk.byteLength
    if (length > limit) return { text: text + decoder.decode(chunk.subarray(0, room)), isTruncated: true }
    text += decoder.decode(chunk, { stream: true })
  }
  return { text: text + decoder.decode(), isTruncated: false }
}
