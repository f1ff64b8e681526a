import type { FakeAnswer, FakeFault, FakeStep } from '@gateway/provider/testing'
import { expect } from 'vitest'
import { type Cell, runMatrix, type Scenario } from './matrix.ts'
import { type SdkFailure, toFailure } from './sdk-client.ts'

/** What a question fails with, and how many pieces came before. */
const fail = async ({ ask, say }: Cell): Promise<{ failure: SdkFailure; parts: number }> => {
  let parts = 0
  const outcome = await ask({ turns: [{ user: say('Hello') }] }, () => {
    parts += 1
  }).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  )
  if ('answer' in outcome) throw new Error(`It took this for whole: ${JSON.stringify(outcome.answer)}`)
  return { failure: toFailure(outcome.error), parts }
}

interface Refusal extends FakeFault {
  /** The status that the client sees. */
  seen: number
  /** What it must read. */
  says?: RegExp
  /** What it must not. */
  hides?: RegExp
}

/** What this SDK's users tell errors apart by, beside the status. */
const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  529: 'overloaded_error',
}

/** Where one way to ask says it all. */
const streams: Scenario['where'] = ({ streamed }) => streamed

/** An upstream's error before any content: its status, its words, its headers. */
const refusal = (
  { seen, says, hides, ...fault }: Refusal,
  where: Scenario['where'] = () => true,
): Scenario => ({
  where,
  async run(cell) {
    cell.answer(fault)
    const { failure } = await fail(cell)
    expect(failure.status).toBe(seen)
    if (says) expect(failure.words).toMatch(says)
    if (hides) expect(failure.words).not.toMatch(hides)
    const type = anthropicTypes[seen]
    if (cell.client.name === '@anthropic-ai/sdk' && type !== undefined) {
      expect(failure.words).toContain(`"type":"${type}"`)
    }
    expect(failure.retryAfter).toBe(fault.headers?.['retry-after'])
  },
})

const words = 'No such thing: "äöü".'
const retry = { 'retry-after': '7' }

/** An answer that begins and is never whole. */
const broken = (makeTail: (cell: Cell) => FakeStep[]): Scenario => ({
  where: ({ streamed }) => streamed,
  async run(cell) {
    cell.answer([{ type: 'text', text: 'Half ' }, { type: 'text', text: 'an answer' }, ...makeTail(cell)])
    const { parts } = await fail(cell)
    expect(parts).toBeGreaterThan(0)
  },
})

/** The same before anything was said: an error status. */
const failed = (makeTail: (cell: Cell) => FakeStep[], says: RegExp = /./): Scenario => ({
  async run(cell) {
    cell.answer([{ type: 'ping' }, ...makeTail(cell)])
    const { failure } = await fail(cell)
    expect(failure.status).toBeGreaterThanOrEqual(500)
    expect(failure.words).toMatch(says)
  },
})

const errorEvent = ({ upstream }: Cell): FakeStep[] => [
  {
    type: 'error-event',
    error: upstream === 'openai-chat' ? 'server_error' : 'overloaded_error',
    message: 'Overloaded',
  },
]

/** A whole answer that is none. */
const unreadable = (answer: FakeAnswer): Scenario => ({
  async run(cell) {
    cell.answer(answer)
    expect((await fail(cell)).failure.status).toBe(502)
  },
})

const html = '<!doctype html><html><h1>Bad gateway</h1></html>'

runMatrix({
  '400': refusal({ status: 400, message: words, param: 'messages', seen: 400, says: /No such thing: .*äöü/ }),
  '400 that is too long': refusal({
    status: 400,
    message: 'prompt is too long: 9 tokens > 8 maximum',
    code: 'context_length_exceeded',
    seen: 400,
    says: /too long/,
  }),
  '401 of the upstream': refusal({
    status: 401,
    message: 'Bad key sk-x',
    seen: 502,
    says: /provider/i,
    hides: /sk-x/,
  }),
  '403': refusal({ status: 403, message: words, seen: 403, says: /No such thing/ }, streams),
  '404': refusal({ status: 404, message: words, seen: 404, says: /No such thing/ }),
  '413': refusal({ status: 413, message: words, seen: 413, says: /No such thing/ }, streams),
  '429 with retry-after': refusal({
    status: 429,
    message: words,
    headers: retry,
    seen: 429,
    says: /No such thing/,
  }),
  '500': refusal({
    status: 500,
    message: words,
    seen: 500,
    says: /No such thing/,
    hides: /overloaded/i,
  }),
  '503 with retry-after': refusal(
    {
      status: 503,
      message: words,
      headers: retry,
      seen: 503,
      says: /No such thing/,
    },
    streams,
  ),
  '529': refusal({ status: 529, message: 'Overloaded', seen: 529, says: /overloaded/i }),
  '502 as a page': refusal({ status: 502, body: html, seen: 502, hides: /<html>/ }),
  '500 without a body': refusal({ status: 500, body: '', seen: 500 }),
  '400 whose message is JSON again': refusal(
    {
      status: 400,
      message: '{"error":{"message":"inner words","code":400}}',
      seen: 400,
      says: /inner words/,
    },
    streams,
  ),

  'a page as a good answer': unreadable({ recording: html, headers: { 'content-type': 'text/html' } }),
  'nothing as a good answer': unreadable({ recording: '' }),
  'an answer that is cut JSON': unreadable({
    recording: '{"id":"x","choi',
    headers: { 'content-type': 'application/json' },
  }),
  'a connection that breaks before the status': unreadable([{ type: 'reset' }]),

  'a break': broken(() => [{ type: 'reset' }]),
  'an end without its marker': broken(() => [{ type: 'end' }]),
  'an end within the JSON of a call': broken(({ upstream }) =>
    upstream === 'openai-chat'
      ? [{ type: 'raw', text: callChunk('{"city": "Os') }, { type: 'end' }]
      : [
          {
            type: 'raw',
            text: 'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
          },
          { type: 'raw', text: callEvents('{"city": "Os') },
          { type: 'end' },
        ],
  ),
  'an error event': broken(errorEvent),
  'an event in mid-air': broken(() => [{ type: 'raw', text: 'data: {"id": "x", "cho' }, { type: 'reset' }]),

  'a break before any content': failed(() => [{ type: 'reset' }]),
  'an end before any content': failed(() => [{ type: 'end' }]),
  'an error event before any content': failed(errorEvent, /overloaded/i),
})

function callChunk(text: string): string {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: text } }
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] })}\n\n`
}

function callEvents(text: string): string {
  const block = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }
  const start = { type: 'content_block_start', index: 1, content_block: block }
  const delta = {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json: text },
  }
  return [start, delta].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}
