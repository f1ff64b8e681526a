import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createFakeUpstream } from './fake-upstream.ts'
import type { FakeAnswer, FakeDelivery, FakeStep } from './types.ts'

const ask = (
  answer: FakeAnswer,
  delivery?: FakeDelivery,
  body: Record<string, unknown> = { stream: true },
) => {
  const upstream = createFakeUpstream({ script: () => answer, delivery: () => delivery, now: () => 7 })
  const response = upstream.fetch('https://fake.test/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer test-key' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'ü' }], ...body }),
  })
  return { upstream, response }
}

const piecesOf = async (response: Response): Promise<Uint8Array[]> => {
  const pieces: Uint8Array[] = []
  for await (const piece of response.body ?? []) pieces.push(piece)
  return pieces
}

const steps: FakeStep[] = [{ type: 'text', text: 'Grüße 🦊' }, { type: 'ping' }]
const plain = async () => await (await ask(steps).response).text()

test('cuts bytes anywhere, and changes none', async () => {
  for (const [cut, fits] of [
    ['events', (length: number) => length > 7],
    [1, (length: number) => length === 1],
    [7, (length: number) => length <= 7],
    ['random', (length: number) => length <= 97],
  ] as const) {
    const { upstream, response } = ask(steps, { cut })
    const pieces = await piecesOf(await response)
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.slice(1, -1).every(({ length }) => fits(length))).toBe(true)
    expect(await new Blob(pieces.map((piece) => new Uint8Array(piece))).text()).toBe(await plain())
    expect(upstream.requests[0]?.sent).toBe(pieces.reduce((sum, { length }) => sum + length, 0))
  }
  expect(await piecesOf(await ask(steps, { cut: 'none' }).response)).toHaveLength(1)
})

test('what was made before a break arrives, however it was to be cut', async () => {
  const response = await ask([{ type: 'text', text: 'x' }, { type: 'reset' }], { cut: 'none' }).response
  const reader = response.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"content":"x"')
  await expect(reader?.read()).rejects.toThrow('terminated')
})

test('writes lines as other servers do', async () => {
  expect(await (await ask(steps, { lineEnd: '\r\n' }).response).text()).toBe(
    (await plain()).replaceAll('\n', '\r\n'),
  )
  const bytes = await piecesOf(await ask(steps, { bom: true, comments: true, tight: true }).response)
  expect([...(bytes[0] ?? [])].slice(0, 3)).toEqual([0xef, 0xbb, 0xbf])
  const text = await new Blob(bytes.map((piece) => new Uint8Array(piece))).text()
  expect(text).toMatch(/^\uFEFF?: PROCESSING\n\ndata:\{/)
  expect(text.match(/: PROCESSING\n\n/g)).toHaveLength(bytes.length)
})

test('packs each piece so that it can be read at once', async () => {
  const response = await ask(steps, { gzip: true }).response
  expect(response.headers.get('content-encoding')).toBe('gzip')
  const pieces = await piecesOf(response)
  expect(pieces.map((piece) => gunzipSync(piece).toString()).join('')).toBe(await plain())
  expect(gunzipSync(Buffer.concat(pieces)).toString()).toBe(await plain())
})

test('sends a recording as it is, and breaks before the head', async () => {
  const recording = 'data: {"x": 1}  \r\n\r\nnonsense'
  const response = await ask({ recording, headers: { 'x-y': 'z' } }, { cut: 3 }).response
  expect([response.status, response.headers.get('x-y')]).toEqual([200, 'z'])
  expect(response.headers.get('content-type')).toContain('event-stream')
  expect(await response.text()).toBe(recording)
  await expect(ask([{ type: 'reset' }]).response).rejects.toThrow('terminated')
})

test('an answer says what it used, why it ended and that it refuses, where the steps say so', async () => {
  const answer: FakeStep[] = [
    { type: 'refusal', text: 'No.' },
    { type: 'finish', reason: 'content_filter' },
    { type: 'usage', usage: { prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } } },
    { type: 'end' },
  ]
  const text = await (await ask(answer).response).text()
  expect(text).toMatch(/"refusal":"No\."[\s\S]*"finish_reason":"content_filter"/)
  expect(text).not.toContain('[DONE]')
  const whole: unknown = await (await ask(answer.slice(0, 3), undefined, {}).response).json()
  expect(whole).toMatchObject({
    choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'content_filter' }],
    usage: { prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } },
  })
  const silent = ask([{ type: 'usage', usage: null }], undefined, {})
  expect(await (await silent.response).json()).not.toHaveProperty('usage')
})

test('records the bytes it was sent, and when its caller left', async () => {
  const { upstream, response } = ask(steps)
  await (await response).body?.cancel()
  const [request] = upstream.requests
  expect(request).toMatchObject({ accepted: true, aborted: true, abortedAt: 7, sent: 0 })
  expect(new TextDecoder().decode(request?.bytes)).toBe(request?.text)
})
