import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCollector } from '../../collect.ts'
import type { JsonValue } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { Dialect } from '../dialect.ts'
import { isJsonObject } from '../json.ts'
import { createChatDialect } from '../openai-chat/dialect.ts'
import { cuts, decodeChunks, decodeText, makeContext } from '../test-support.ts'
import { anthropicClientDialect } from './client-dialect.ts'
import { createAnthropicDialect } from './dialect.ts'

const anthropic = createAnthropicDialect({ defaultMaxTokens: () => undefined })
const chat = createChatDialect({})
const client = { now: 0, includeUsage: true, generateId: () => 'gen' }

const read = (dialect: Dialect, file: string): string =>
  readFileSync(new URL(`../${dialect.name}/fixtures/${file}`, import.meta.url), 'utf8')

const write = (events: readonly StreamEvent[]): string => {
  const encoder = anthropicClientDialect.createStreamEncoder(client)
  return events.map((event) => encoder.encode(event)).join('')
}

const collectAll = (events: readonly StreamEvent[]) => {
  const collector = createCollector()
  for (const event of events) collector.push(event)
  return collector.response()
}

/** `null` and absent say the same on this wire. */
const withoutNulls = (value: JsonValue | undefined): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined)
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]))
}

const dialects = { 'anthropic-messages': anthropic, 'openai-chat': chat }
const cases = [
  ['anthropic-messages', 'text'],
  ['anthropic-messages', 'tools'],
  ['anthropic-messages', 'web-search'],
  ['openai-chat', 'text'],
  ['openai-chat', 'tools'],
  ['openai-chat', 'reasoning'],
] as const

test.for(cases)(
  '%s %s: a client gets the same bytes however the upstream cut its own',
  async ([of, name]) => {
    const dialect = dialects[of]
    const sse = read(dialect, `${name}.sse`)
    const whole = write(await decodeText(dialect, sse))
    let count = 0
    for (const chunks of cuts(sse)) {
      // Each 23rd cut, and single bytes: what is between them is another place in the same text.
      if (count % 23 === 0 || chunks.length > 2)
        expect(write(await decodeChunks(dialect, chunks))).toBe(whole)
      count += 1
    }
    expect(whole).toMatch(
      /^event: message_start\n[^\n]*\n\n(?:event: \w+\ndata: [^\n]*\n\n)+event: message_stop\n[^\n]*\n\n$/,
    )
  },
)

test.for(cases)(
  '%s %s: the stream that a client gets is the answer that it would get whole',
  async ([of, name]) => {
    const dialect = dialects[of]
    const events = await decodeText(dialect, read(dialect, `${name}.sse`))
    const streamed = await decodeText(anthropic, write(events))
    const response = dialect.decodeResponse(JSON.parse(read(dialect, `${name}.json`)), makeContext())
    const answered = anthropicClientDialect.encodeResponse(response, client)
    const again = anthropicClientDialect.encodeResponse(collectAll(streamed), client)
    expect(withoutNulls(again)).toEqual(withoutNulls(answered))
  },
)

test.for(cases.slice(0, 3))('%s %s: an answer of this dialect is what it was', ([of, name]) => {
  const dialect = dialects[of]
  const wire: JsonValue = JSON.parse(read(dialect, `${name}.json`))
  const answered = anthropicClientDialect.encodeResponse(dialect.decodeResponse(wire, makeContext()), client)
  expect(answered).toMatchObject({ usage: { cache_read_input_tokens: expect.any(Number) } })
  const zero = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
  const usage = isJsonObject(wire) && isJsonObject(wire.usage) ? wire.usage : {}
  expect(withoutNulls(answered)).toEqual(
    withoutNulls(isJsonObject(wire) ? { ...wire, usage: { ...zero, ...usage } } : wire),
  )
})
