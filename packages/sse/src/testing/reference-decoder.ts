/**
 * An event stream decoder written from the text of the standard, one character at a time and with nothing clever in
 * it: the oracle that the real one is held against. It shares no code with it.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @see https://encoding.spec.whatwg.org/#utf-8-decoder
 */
export type LogEntry =
  | { kind: 'message'; event: string | undefined; data: string; id: string | undefined; lastEventId: string }
  | { kind: 'comment'; text: string }
  | { kind: 'retry'; milliseconds: number }

const REPLACEMENT = '\uFFFD'

/** The UTF-8 decoder of the Encoding Standard, with error mode "replacement". */
const decodeUtf8 = (bytes: Uint8Array): string => {
  let text = ''
  let point = 0
  let seen = 0
  let needed = 0
  let lower = 0x80
  let upper = 0xbf
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (needed === 0) {
      if (byte <= 0x7f) text += String.fromCharCode(byte)
      else if (byte >= 0xc2 && byte <= 0xdf) {
        needed = 1
        point = byte & 0x1f
      } else if (byte >= 0xe0 && byte <= 0xef) {
        if (byte === 0xe0) lower = 0xa0
        if (byte === 0xed) upper = 0x9f
        needed = 2
        point = byte & 0xf
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        if (byte === 0xf0) lower = 0x90
        if (byte === 0xf4) upper = 0x8f
        needed = 3
        point = byte & 0x7
      } else text += REPLACEMENT
      continue
    }
    const fits = byte >= lower && byte <= upper
    lower = 0x80
    upper = 0xbf
    if (!fits) {
      needed = seen = point = 0
      text += REPLACEMENT
      at -= 1
      continue
    }
    point = (point << 6) | (byte & 0x3f)
    seen += 1
    if (seen === needed) {
      text += String.fromCodePoint(point)
      needed = seen = point = 0
    }
  }
  if (needed !== 0) text += REPLACEMENT
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The lines that have ended. What follows the last line end is not one of them. */
const toLines = (text: string): string[] => {
  const lines: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character !== '\n' && character !== '\r') continue
    lines.push(text.slice(start, at))
    if (character === '\r' && text[at + 1] === '\n') at += 1
    start = at + 1
  }
  return lines
}

/** Everything that a whole stream means, in order. */
export const referenceDecode = (bytes: Uint8Array): LogEntry[] => {
  const log: LogEntry[] = []
  let dataBuffer = ''
  let eventTypeBuffer = ''
  let lastEventIdBuffer = ''
  let ownId: string | undefined
  for (const line of toLines(decodeUtf8(bytes))) {
    if (line === '') {
      // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return."
      if (dataBuffer !== '') {
        const data = dataBuffer.endsWith('\n') ? dataBuffer.slice(0, -1) : dataBuffer
        log.push({
          kind: 'message',
          event: eventTypeBuffer === '' ? undefined : eventTypeBuffer,
          data,
          id: ownId,
          lastEventId: lastEventIdBuffer,
        })
      }
      dataBuffer = ''
      eventTypeBuffer = ''
      ownId = undefined
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    let value = colon === -1 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (colon === 0) log.push({ kind: 'comment', text: value })
    else if (field === 'event') eventTypeBuffer = value
    else if (field === 'data') dataBuffer += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) {
      lastEventIdBuffer = value
      ownId = value
    } else if (field === 'retry' && /^[0-9]+$/.test(value)) {
      log.push({ kind: 'retry', milliseconds: Math.min(Number(value), Number.MAX_SAFE_INTEGER) })
    }
  }
  return log
}
