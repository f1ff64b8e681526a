/*
 * A second reading of RFC 9112, for tests alone: slow, over the whole text at once, and sharing nothing with the parser
 * that it is compared with.
 */

/** What there is in the bytes of one answer. */
export interface ReadAnswer {
  /** Of the final head, if there is one. */
  status: number | undefined
  headers: [name: string, value: string][]
  /** As far as it can be read. */
  body: string
  /** Is it whole, be it with the end of the connection? */
  isWhole: boolean
  /** Bytes behind a body whose end is known. */
  rest: string
}

const head =
  /^HTTP\/1\.([01]) ([1-9][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?\r\n((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/
const chunk = /^([0-9a-fA-F]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/
const trailer = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/
const none: ReadAnswer = { status: undefined, headers: [], body: '', isWhole: false, rest: '' }

/** Reads latin1 text up to the end of its connection. */
export const readReference = (text: string): ReadAnswer => {
  const found = head.exec(text)
  if (found === null) return none
  const [begun, minor, digits, lines = ''] = found
  const status = Number(digits)
  const after = text.slice(begun.length)
  if (status === 101) return none
  if (status < 200) return readReference(after)
  const headers = lines
    .split('\r\n')
    .slice(0, -1)
    .map((line): [string, string] => {
      const [, name = '', value = ''] = /^([^:]*):[\t ]*(.*?)[\t ]*$/.exec(line) ?? []
      return [name.toLowerCase(), value]
    })
  const all = (name: string) => headers.filter((header) => header[0] === name).map((header) => header[1])
  const lengths = all('content-length')
  const codings = all('transfer-encoding')
  if (lengths.length + codings.length > 1) return none
  if (lengths.some((length) => !/^[0-9]{1,15}$/.test(length))) return none
  if (codings.some((coding) => !/^chunked$/i.test(coding) || minor === '0')) return none
  const answer = { status, headers }
  if (status === 204 || status === 304) return { ...answer, body: '', isWhole: true, rest: after }
  if (codings.length === 1) return { ...answer, ...readChunks(after) }
  if (lengths.length === 0) return { ...answer, body: after, isWhole: true, rest: '' }
  const length = Number(lengths[0])
  const isWhole = after.length >= length
  return { ...answer, body: after.slice(0, length), isWhole, rest: isWhole ? after.slice(length) : '' }
}

const readChunks = (text: string): Pick<ReadAnswer, 'body' | 'isWhole' | 'rest'> => {
  let body = ''
  let left = text
  while (true) {
    const found = chunk.exec(left)
    const size = found === null ? Number.NaN : Number.parseInt(found[1] ?? '', 16)
    if (found === null || size > Number.MAX_SAFE_INTEGER) return { body, isWhole: false, rest: '' }
    left = left.slice(found[0].length)
    if (size === 0) {
      const end = trailer.exec(left)
      return { body, isWhole: end !== null, rest: end === null ? '' : left.slice(end[0].length) }
    }
    body += left.slice(0, size)
    if (!left.slice(size).startsWith('\r\n')) return { body, isWhole: false, rest: '' }
    left = left.slice(size + 2)
  }
}
