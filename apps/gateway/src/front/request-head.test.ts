import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { readRequestHead } from './request-head.ts'

const read = (text: string) => readRequestHead(Buffer.from(text, 'latin1'))
const toText = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`
const plain = ['POST /v1/messages HTTP/1.1', 'host: localhost', 'content-length: 2']
/** A plain request with more headers. */
const withLines = (...lines: string[]) => toText([...plain, ...lines])
const withFirst = (line: string) => toText([line, ...plain.slice(1)])

/** Heads as clients sent them, seen on a socket. */
const clients: Record<string, readonly string[]> = {
  'openai for Node': [
    'POST /v1/chat/completions HTTP/1.1',
    'host: 127.0.0.1:44047',
    'connection: keep-alive',
    'accept: application/json',
    'user-agent: OpenAI/JS 7.57.0',
    'x-stainless-retry-count: 0',
    'x-stainless-lang: js',
    'x-stainless-runtime-version: v24.21.0',
    'authorization: Bearer sk-x',
    'content-type: application/json',
    'accept-language: *',
    'sec-fetch-mode: cors',
    'accept-encoding: gzip, deflate',
    'content-length: 42',
  ],
  'anthropic for Node': [
    'POST /v1/messages?beta=true HTTP/1.1',
    'host: 127.0.0.1:44047',
    'connection: keep-alive',
    'Accept: application/json',
    'User-Agent: Anthropic/JS 1.12.0',
    'X-Stainless-Timeout: 600',
    'X-Stainless-OS: Linux',
    'anthropic-version: 2023-06-01',
    'x-api-key: sk-x',
    'content-type: application/json',
    'accept-encoding: gzip, deflate',
    'content-length: 42',
  ],
  'fetch of Node': [
    'POST /v1/messages HTTP/1.1',
    'host: 127.0.0.1:44047',
    'connection: keep-alive',
    'content-type: application/json',
    'accept: */*',
    'accept-language: *',
    'sec-fetch-mode: cors',
    'user-agent: node',
    'accept-encoding: gzip, deflate',
    'content-length: 2',
  ],
  'openai for Python, over httpx': [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: localhost:8787',
    'Accept-Encoding: gzip, deflate',
    'Connection: keep-alive',
    'Accept: application/json',
    'Content-Type: application/json',
    'User-Agent: OpenAI/Python 1.109.1',
    'X-Stainless-Lang: python',
    'X-Stainless-Async: false',
    'Authorization: Bearer sk-x',
    'x-stainless-read-timeout: 600',
    'Content-Length: 81',
  ],
  curl: [
    'POST /v1/embeddings HTTP/1.1',
    'Host: 127.0.0.1:44047',
    'User-Agent: curl/7.88.1',
    'Accept: */*',
    'content-type: application/json',
    'Content-Length: 2',
  ],
  Go: [
    'POST /v1/messages HTTP/1.1',
    'Host: 127.0.0.1:44541',
    'User-Agent: Go-http-client/1.1',
    'Content-Length: 2',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ],
}

test.each(Object.entries(clients))('the head that %s sends is read as it is', (_name, lines) => {
  const text = toText(lines)
  const headers = Object.fromEntries(
    lines.slice(1).map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name.toLowerCase(), value.join(': ')]
    }),
  )
  expect(read(`${text}{"model":"x"}`)).toEqual({
    target: lines[0]?.split(' ')[1],
    headers,
    length: Number(headers['content-length']),
    size: text.length,
  })
})

test('values are read without the white space around them, and as Latin-1', () => {
  const head = read(withLines('a:', 'b: \t ', 'c:x', 'd: \tx y\t ', 'e: \xe9\xff'))
  expect(head?.headers).toMatchObject({ a: '', b: '', c: 'x', d: 'x y', e: '\xe9\xff' })
})

test('a head is left to Node until all of it is there', () => {
  const text = withLines('x-one: 1')
  for (let at = 0; at < text.length; at += 1) expect(read(text.slice(0, at))).toBeUndefined()
  expect(read(text)).toMatchObject({ length: 2, size: text.length })
  expect(read(`${text}{}GET / HTTP/1.1`)).toEqual(read(text))
})

test('what one client calls its headers does not change how those of the next are read', () => {
  for (let at = 0; at < 600; at += 1) read(withLines(`X-${at}: a`, `X-${'y'.repeat(100)}${at}: b`))
  for (const name of ['X-0', 'x-0', 'X-599', 'CONTENT-TYPE'])
    expect(read(withLines(`${name}: c`))?.headers).toHaveProperty(name.toLowerCase(), 'c')
})

const control = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
const noValueChars = ['\x7f', ...control.filter((char) => char !== '\t')]
const noNameChars = [...control, ...' "(),/;<=>?@[\\]{}\x7f\x80\xe9']
const noTargetChars = [...control, ...' "#\'()*+;<>@[\\]^`{|}!$\x7f\x80\xe9']

test.each<[string, readonly string[]]>([
  ['nothing, or no head', ['', '\r\n\r\n', 'nonsense\r\n\r\n', toText(['POST /v1/messages HTTP/1.1'])]],
  [
    'what stands before a head',
    ['\r\n', '\n', ' ', '\0', '\xef\xbb\xbf'].map((before) => before + withLines()),
  ],
  [
    'another method',
    ['GET', 'PUT', 'post', 'Post', 'PRI', 'POSTS', 'M-SEARCH', ''].map((method) =>
      withFirst(`${method} /v1/messages HTTP/1.1`),
    ),
  ],
  [
    'another version',
    ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.10', 'HTTP/1.1 ', 'http/1.1', 'HTTP/1,1', ''].map(
      (version) => withFirst(`POST /v1/messages ${version}`),
    ),
  ],
  [
    'another target',
    ['*', '/', '/v1', '/V1/messages', '//v1/messages', 'v1/messages', 'http://localhost/v1/messages'].map(
      (target) => withFirst(`POST ${target} HTTP/1.1`),
    ),
  ],
  ['an odd byte in the target', noTargetChars.map((char) => withFirst(`POST /v1/a${char}b HTTP/1.1`))],
  ['a target that is too long', [withFirst(`POST /v1/${'a'.repeat(1100)} HTTP/1.1`)]],
  [
    'space elsewhere in the first line',
    [withFirst('POST  /v1/a HTTP/1.1'), withFirst('POST\t/v1/a HTTP/1.1')],
  ],
  ['a head that is too long', [withLines(`x: ${'x'.repeat(16_400)}`)]],
  ['more headers than anybody sends', [withLines(...Array.from({ length: 1001 }, (_, at) => `x${at}:`))]],
  ['no host', [toText(['POST /v1/messages HTTP/1.1', 'content-length: 2'])]],
  ['no length', [toText(['POST /v1/messages HTTP/1.1', 'host: localhost'])]],
  [
    'an odd length',
    ['', '+2', '-2', '0x2', '2.0', '2 2', '2,2', '2, 2', '1e1', '\xb2', '2;', '9'.repeat(16), 'NaN'].map(
      (length) => toText(['POST /v1/messages HTTP/1.1', 'host: localhost', `content-length: ${length}`]),
    ),
  ],
  [
    'a header that comes twice',
    ['host: localhost', 'Host: other', 'content-length: 2', 'CONTENT-LENGTH: 3'].map((line) =>
      withLines(line),
    ),
  ],
  [
    'any other header that comes twice',
    [withLines('x: 1', 'x: 1'), withLines('x:', 'X:'), withLines('cookie: a', 'y: b', 'Cookie: c')],
  ],
  [
    'a header that frames the body in another way',
    ['chunked', 'Chunked', 'identity', 'gzip, chunked', 'xchunked', ''].flatMap((coding) => [
      withLines(`transfer-encoding: ${coding}`),
      toText([plain[0] ?? '', 'host: localhost', `Transfer-Encoding:${coding}`]),
    ]),
  ],
  [
    'a header about the connection',
    [
      ...[
        'close',
        'upgrade',
        'keep-alive, close',
        'close, keep-alive',
        'keep-alive, upgrade',
        'x-api-key',
        '',
      ].map((value) => `connection: ${value}`),
      ...[
        'expect: 100-continue',
        'Expect: banana',
        'upgrade: websocket',
        'Upgrade: h2c',
        'http2-settings: AAMA',
      ],
      ...['te: trailers', 'trailer: x', 'keep-alive: 5', 'proxy-connection: close', 'set-cookie: a'],
    ].map((line) => withLines(line)),
  ],
  [
    'a name that objects have',
    ['__proto__', '__PROTO__', 'constructor'].map((name) => withLines(`${name}: x`)),
  ],
  [
    'a folded line',
    [withLines('x: a', ' b: c'), withLines('x: a', '\tb'), withLines(' x: a'), withLines('x: a', ' ')],
  ],
  [
    'a name without a value or without itself',
    [withLines('x'), withLines(':x'), withLines(': x'), withLines(':')],
  ],
  ['space before a colon', [withLines('x : a'), withLines('x\t: a'), withLines('content-type : a')]],
  ['an odd byte in a name', noNameChars.map((char) => withLines(`x${char}y: a`))],
  ['an odd byte in a value', noValueChars.map((char) => withLines(`x: a${char}b`))],
  [
    'lines that end in another way',
    [withLines('x: a').replaceAll('\r\n', '\n'), withLines('x: a\ny: b'), withLines('x: a\ry: b')],
  ],
  ['the end of a head that has come too early', [`${plain[0]}\r\nhost: a\r\n\r\ncontent-length: 2\r\n\r\n`]],
])('%s is left to Node', (_name, texts) => {
  for (const text of texts) expect(read(text), JSON.stringify(text)).toBeUndefined()
})

test('a keep-alive in any spelling is plain', () => {
  for (const value of ['keep-alive', 'Keep-Alive', 'KEEP-ALIVE'])
    expect(read(withLines(`Connection: ${value}`))).toBeDefined()
})
