/** Width and height in pixels. */
export interface ImageSize {
  width: number
  height: number
}

/** Base64 characters that are read at most: a JPEG may have this much metadata before its size. */
const readableCharacters = 262_144

const base64Value = (code: number): number => {
  if (code >= 65 && code <= 90) return code - 65
  if (code >= 97 && code <= 122) return code - 71
  if (code >= 48 && code <= 57) return code + 4
  if (code === 43 || code === 45) return 62
  return code === 47 || code === 95 ? 63 : 0
}

/** Reads single bytes of a base64 text, so that a size costs a few look-ups and not the decoding of a file. */
interface Bytes {
  length: number
  at(index: number): number
}

const bytesOf = (base64: string): Bytes => ({
  length: Math.floor(Math.min(base64.length, readableCharacters) * 0.75),
  at(index) {
    const group = Math.floor(index / 3) * 4
    const bits =
      (base64Value(base64.charCodeAt(group)) << 18) |
      (base64Value(base64.charCodeAt(group + 1)) << 12) |
      (base64Value(base64.charCodeAt(group + 2)) << 6) |
      base64Value(base64.charCodeAt(group + 3))
    return (bits >> (16 - (index % 3) * 8)) & 255
  },
})

const big16 = (bytes: Bytes, at: number): number => bytes.at(at) * 256 + bytes.at(at + 1)
const little16 = (bytes: Bytes, at: number): number => bytes.at(at) + bytes.at(at + 1) * 256
const startsWith = (bytes: Bytes, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((c, i) => bytes.at(at + i) === c.charCodeAt(0))

// https://www.w3.org/TR/png-3/#11IHDR
const pngSize = (bytes: Bytes): ImageSize | undefined =>
  startsWith(bytes, '\x89PNG') && bytes.length >= 24
    ? {
        width: big16(bytes, 16) * 65_536 + big16(bytes, 18),
        height: big16(bytes, 20) * 65_536 + big16(bytes, 22),
      }
    : undefined

// https://www.w3.org/Graphics/GIF/spec-gif89a.txt, section 18
const gifSize = (bytes: Bytes): ImageSize | undefined =>
  startsWith(bytes, 'GIF8') && bytes.length >= 10
    ? { width: little16(bytes, 6), height: little16(bytes, 8) }
    : undefined

/** Frame headers are the markers C0 to CF but C4 (tables), C8 (reserved) and CC (arithmetic coding). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

// https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B: segments until the first frame header
const jpegSize = (bytes: Bytes): ImageSize | undefined => {
  if (!startsWith(bytes, '\xff\xd8')) return undefined
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes.at(at) !== 0xff) return undefined
    const marker = bytes.at(at + 1)
    if (isFrameHeader(marker)) return { width: big16(bytes, at + 7), height: big16(bytes, at + 5) }
    // FF may be repeated before a marker; restart markers and TEM have no length.
    if (marker === 0xff) at += 1
    else if ((marker >= 0xd0 && marker <= 0xd7) || marker === 0x01) at += 2
    else at += 2 + Math.max(2, big16(bytes, at + 2))
  }
  return undefined
}

const little24 = (bytes: Bytes, at: number): number => little16(bytes, at) + bytes.at(at + 2) * 65_536

// https://developers.google.com/speed/webp/docs/riff_container: simple, lossless and extended files
const webpSize = (bytes: Bytes): ImageSize | undefined => {
  if (!startsWith(bytes, 'RIFF') || !startsWith(bytes, 'WEBP', 8) || bytes.length < 30) return undefined
  if (startsWith(bytes, 'VP8X', 12)) {
    return { width: little24(bytes, 24) + 1, height: little24(bytes, 27) + 1 }
  }
  if (startsWith(bytes, 'VP8L', 12)) {
    const bits = little16(bytes, 21) + little16(bytes, 23) * 65_536
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (!startsWith(bytes, 'VP8 ', 12)) return undefined
  return { width: little16(bytes, 26) & 0x3fff, height: little16(bytes, 28) & 0x3fff }
}

/**
 * The size that the header of a PNG, JPEG, GIF or WebP file states; the file is base64, whole or cut after the header.
 * Undefined for another format, for a damaged header and for a size of 0.
 */
export const imageSize = (base64: string): ImageSize | undefined => {
  const bytes = bytesOf(base64)
  const size = pngSize(bytes) ?? gifSize(bytes) ?? jpegSize(bytes) ?? webpSize(bytes)
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
}
