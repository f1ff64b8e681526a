import { chunk, chunkedHead, whole } from './test-support.ts'

/*
 * Answers that are none, or that parsers read differently. For this package's own tests; nothing here is built.
 */

const ok = 'HTTP/1.1 200 OK\r\n'
const length = (value: string) => `${ok}content-length:${value}\r\n\r\nhello`
const coded = (value: string) => `${ok}transfer-encoding:${value}\r\n\r\n${chunk('hello')}0\r\n\r\n`
const headed = (line: string) => `${ok}${line}\r\ncontent-length: 5\r\n\r\nhello`
const chunked = (body: string) => chunkedHead + body
const last = '0\r\n\r\n'

/** Each with what comes of its body before it is refused, where that is anything. */
export const malformedAnswers: [what: string, text: string, body?: string][] = [
  // Status lines.
  ['another version', whole('200 OK', 'hello').replace('1.1', '2.0')],
  ['a later version', whole('200 OK', 'hello').replace('1.1', '1.2')],
  ['a version in small letters', whole('200 OK', 'hello').replace('HTTP', 'http')],
  ['a line before the status', `\r\n${whole('200 OK', 'hello')}`],
  ['two spaces before the status', whole(' 200 OK', 'hello')],
  ['a tab before the status', whole('200 OK', 'hello').replace(' ', '\t')],
  ['a status of two digits', whole('20 OK', 'hello')],
  ['a status of four digits', whole('2000 OK', 'hello')],
  ['a status below 100', whole('099 OK', 'hello')],
  ['a status that is no number', whole('2x0 OK', 'hello')],
  ['a signed status', whole('+20 OK', 'hello')],
  ['no status', 'HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello'],
  ['a bare CR in the reason', whole('200 O\rK', 'hello')],
  ['a bare LF in the reason', whole('200 O\nK', 'hello')],
  ['a null byte in the reason', whole('200 O\0K', 'hello')],
  ['a change of protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello'],
  // Fields.
  ['bare LF for line ends', whole('200 OK', 'hello').replaceAll('\r\n', '\n')],
  ['one bare LF', headed('x-a: b\nx-evil: 1')],
  ['one bare CR', headed('x-a: b\rx-evil: 1')],
  ['CR CR LF', headed('x-a: b\r')],
  ['an empty line of LF alone', `${ok}content-length: 5\r\n\nhello`],
  ['a field over two lines', headed('x-a: b\r\n x-evil: 1')],
  ['a field over two lines by a tab', headed('x-a: b\r\n\tx-evil: 1')],
  ['white space before the first field', headed(' x-a: b')],
  ['a space before the colon', headed('x-a : b')],
  ['a tab before the colon', headed('content-length\t: 9')],
  ['a length with a space before the colon', headed('transfer-encoding : chunked')],
  ['no name', headed(': b')],
  ['no colon', headed('x-a')],
  ['a null byte in a name', headed('x-\0a: b')],
  ['a null byte in a value', headed('x-a: b\0c')],
  ['a control character in a value', headed('x-a: b\x0bc')],
  ['a deleted character in a value', headed('x-a: b\x7fc')],
  ['a letter beyond ASCII in a name', headed('x-\xe4: b')],
  ['brackets in a name', headed('x(a): b')],
  ['a head that is too long', `${ok}x-a: ${'b'.repeat(70_000)}\r\n\r\n`],
  ['too many fields', `${ok}${'a:\r\n'.repeat(300)}\r\n`],
  ['early answers without end', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(2000)],
  // Lengths.
  ['two lengths', headed('content-length: 6')],
  ['a length twice', headed('content-length: 5')],
  ['a list of lengths', length(' 5, 5')],
  ['an empty length', length('')],
  ['an empty length beside another', headed('content-length:')],
  ['a signed length', length(' +5')],
  ['a negative length', length(' -5')],
  ['a length with a fraction', length(' 5.0')],
  ['a length with an exponent', length(' 5e0')],
  ['a hexadecimal length', length(' 0x5')],
  ['a length of two numbers', length(' 5 5')],
  ['a length beyond safe integers', length(' 9007199254740993')],
  ['a length that is no number', length(' five')],
  // Transfer codings.
  [
    'a coding and a length',
    `${ok}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n${chunk('hello')}${last}`,
  ],
  [
    'a length and a coding',
    `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n${chunk('hello')}${last}`,
  ],
  [
    'a coding twice',
    `${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n${chunk('hello')}${last}`,
  ],
  ['a list of codings', coded(' gzip, chunked')],
  ['a list that ends otherwise', coded(' chunked, identity')],
  ['identity', coded(' identity')],
  ['an empty coding', coded('')],
  ['a coding with more letters', coded(' xchunked')],
  ['a coding in quotes', coded(' "chunked"')],
  ['a coding with a parameter', coded(' chunked;q=1')],
  ['chunks in HTTP/1.0', coded(' chunked').replace('1.1', '1.0')],
  // Chunks.
  ['a chunk without a size', chunked(`\r\nhello\r\n${last}`)],
  ['a chunk without a size and with an extension', chunked(`;a\r\nhello\r\n${last}`)],
  ['a chunk whose size is no number', chunked(`xyz\r\nhello\r\n${last}`)],
  ['a chunk size with a sign', chunked(`+5\r\nhello\r\n${last}`)],
  ['a negative chunk size', chunked(`-5\r\nhello\r\n${last}`)],
  ['a chunk size that says it is hexadecimal', chunked(`0x5\r\nhello\r\n${last}`)],
  ['a space before a chunk size', chunked(` 5\r\nhello\r\n${last}`)],
  ['a space behind a chunk size', chunked(`5 \r\nhello\r\n${last}`)],
  ['a chunk size with an underscore', chunked(`0_5\r\nhello\r\n${last}`)],
  ['a chunk size beyond safe integers', chunked(`20000000000000\r\nhello\r\n${last}`)],
  ['a chunk size of many digits', chunked(`${'0'.repeat(16)}5\r\nhello\r\n${last}`)],
  ['a chunk size that wraps around', chunked(`10000000000000005\r\nhello\r\n${last}`)],
  ['a bare LF behind a chunk size', chunked(`5\nhello\r\n${last}`)],
  ['a bare CR behind a chunk size', chunked(`5\rhello\r\n${last}`)],
  ['a bare LF in an extension', chunked(`5;a\nhello\r\n${last}`)],
  ['a bare CR in an extension', chunked(`5;a\rb\r\nhello\r\n${last}`)],
  ['a null byte in an extension', chunked(`5;\0\r\nhello\r\n${last}`)],
  ['an extension that is too long', chunked(`5;${'a'.repeat(2000)}\r\nhello\r\n${last}`)],
  ['a chunk that is longer than its size', chunked(`4\r\nhello\r\n${last}`), 'hell'],
  ['a chunk that is shorter than its size', chunked(`6\r\nhello\r\n${last}`), 'hello\r'],
  ['a chunk that ends with LF alone', chunked(`5\r\nhello\n${last}`), 'hello'],
  ['a chunk that ends with CR alone', chunked(`5\r\nhello\r5\r\nhello\r\n${last}`), 'hello'],
  ['a chunk that ends with another byte and LF', chunked(`5\r\nhello \n${last}`), 'hello'],
  ['a chunk that ends with LF twice', chunked(`5\r\nhello\n\n${last}`), 'hello'],
  ['a chunk that ends with CR and another byte', chunked(`5\r\nhello\r ${last}`), 'hello'],
  [
    'a second size that ends with another byte and LF',
    chunked(`${chunk('hello')}5 \nhello\r\n${last}`),
    'hello',
  ],
  [
    'a second size that ends with CR and another byte',
    chunked(`${chunk('hello')}5\r hello\r\n${last}`),
    'hello',
  ],
  ['a second size of too many digits', chunked(`${chunk('hello')}${'0'.repeat(16)}5\r\nhello\r\n`), 'hello'],
  ['a last chunk that ends with LF alone', chunked(`${chunk('hello')}0\n\n`), 'hello'],
  // Trailers.
  ['a trailer without a name', chunked(`${chunk('hello')}0\r\n: b\r\n\r\n`), 'hello'],
  ['a trailer over two lines', chunked(`${chunk('hello')}0\r\nx-a: b\r\n c\r\n\r\n`), 'hello'],
  ['a trailer that ends with LF alone', chunked(`${chunk('hello')}0\r\nx-a: b\n\r\n`), 'hello'],
  ['an answer as a trailer', chunked(`${chunk('hello')}0\r\n${whole('200 OK', 'evil')}`), 'hello'],
  [
    'a trailer that is too long',
    chunked(`${chunk('hello')}0\r\nx-a: ${'b'.repeat(20_000)}\r\n\r\n`),
    'hello',
  ],
]
