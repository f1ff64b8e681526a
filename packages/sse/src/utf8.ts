/** Bytes to text, however the bytes are cut. Malformed input becomes U+FFFD; a leading BOM is removed. */
export interface Utf8Decoder {
  decode(bytes: Uint8Array): string
  /** What an unfinished character at the end of the input stands for. */
  end(): string
}

const STREAM = { stream: true }
const ASCII_END = 0x80
const BOM = 0xfeff

// Called without state only, so that all streams can share it. Each removes its BOM itself, once: a call without state
// would take one from the head of every piece.
const whole = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * A streaming UTF-8 decoder that is quick where it can be: a piece that begins and ends between characters is
 * decoded in one call without state, which engines do in about two thirds of the time of a streaming call.
 */
export const createUtf8Decoder = (): Utf8Decoder => {
  // Apart from `whole`, since engines leave their quick path for good once a decoder has streamed.
  let streaming: TextDecoder | undefined
  let insideCharacter = false
  let atStart = true

  const decodePiece = (bytes: Uint8Array): string => {
    const last = bytes[bytes.length - 1]
    // An ASCII byte ends whatever character came before it, finished or not.
    const endsClean = last === undefined || last < ASCII_END
    if (endsClean && !insideCharacter) return whole.decode(bytes)
    if (last !== undefined) insideCharacter = !endsClean
    streaming ??= new TextDecoder('utf-8', { ignoreBOM: true })
    return streaming.decode(bytes, STREAM)
  }

  const decode = (bytes: Uint8Array): string => {
    const text = decodePiece(bytes)
    if (!atStart || text === '') return text
    atStart = false
    return text.charCodeAt(0) === BOM ? text.slice(1) : text
  }

  return { decode, end: () => (insideCharacter && streaming !== undefined ? streaming.decode() : '') }
}
