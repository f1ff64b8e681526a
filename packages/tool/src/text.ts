/** Size of a text in UTF-8 bytes; a lone surrogate counts as the replacement character that it becomes. */
export const utf8Length = (text: string): number => {
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (isPairAt(text, index)) {
      bytes += 4
      index += 1
    } else bytes += 3
  }
  return bytes
}

const isPairAt = (text: string, index: number): boolean =>
  (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00

/** The longest beginning of `text` that fits into `maxBytes` of UTF-8, cut between two characters. */
export const cutText = (text: string, maxBytes: number): { text: string; bytes: number } => {
  // `encodeInto` stops before a character that does not fit whole, which is the rule that is wanted here.
  const { read, written } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return { text: text.slice(0, read), bytes: written }
}

/**
 * Terminal sequences: CSI (`ESC [ … letter`), OSC (`ESC ] … BEL`), DCS and its kin (`ESC P … ESC \`) and the two-byte ones.
 * An unterminated OSC or DCS is not one, else it would swallow the rest of the text.
 * Each alternative stops at the next ESC, so that the time stays linear.
 */
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b\n]*\x1b\\|\x1b[ -/]*[0-Z\\`-~]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacters = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g

/** Valid Unicode without terminal sequences and control characters; `\n`, `\r` and `\t` stay. */
export const cleanText = (text: string): string =>
  text.toWellFormed().replace(escapeSequences, '').replace(controlCharacters, '')

/** At most `maxLength` characters of a text, with `…` where it was cut; never half a character. */
export const shorten = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const end = isPairAt(text, maxLength - 1) ? maxLength - 1 : maxLength
  return `${text.slice(0, end)}…`
}

/** A name or value as a message shows it: in quotes and shortened. */
export const quote = (value: string): string => JSON.stringify(shorten(value, 80))
