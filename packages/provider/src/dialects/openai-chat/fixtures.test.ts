import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { collect } from '../../collect.ts'
import type { JsonObject } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { ClientContext } from '../client-dialect.ts'
import { isJsonObject } from '../json.ts'
import { cuts, decodeChunks, decodeMessages, decodeText, makeContext } from '../test-support.ts'
import { decodeResponse } from './decode-response.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeResponse } from './encode-response.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { relayRules } from './relay-rules.ts'

const names = ['text', 'tools', 'reasoning', 'kept', 'refusal']

const read = (file: string): string => readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8')

const answer = (name: string): JsonObject => {
  const value: unknown = JSON.parse(read(`${name}.json`))
  if (!isJsonObject(value)) throw new Error(`${name} is no object.`)
  return value
}

const decode = (text: string) => decodeText({ createStreamDecoder }, text)

const whole = (events: readonly StreamEvent[]) =>
  collect(
    (async function* () {
      yield* events
    })(),
  )

/** A client's context at the time at which the answer was made, so that its time comes back too. */
const at = ({ created }: JsonObject): ClientContext => ({
  now: Number(created) * 1000,
  generateId: () => 'made',
  includeUsage: true,
})

const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field: unknown) => (field === null ? undefined : field)))

test.for(names)('%s: the events are the same however the bytes are cut', async (name) => {
  const text = read(`${name}.sse`)
  const messages = JSON.stringify(await decodeMessages([new TextEncoder().encode(text)]))
  const events = await decode(text)
  let count = 0
  for (const chunks of cuts(text)) {
    // The decoder sees the messages alone, so the same messages are the same events; some cuts go all the way.
    expect(JSON.stringify(await decodeMessages(chunks))).toBe(messages)
    if (count % 200 === 0) expect(await decodeChunks({ createStreamDecoder }, chunks)).toEqual(events)
    count += 1
  }
})

test.for(names)('%s: the collected stream is the whole answer', async (name) => {
  expect(await whole(await decode(read(`${name}.sse`)))).toEqual(decodeResponse(answer(name), makeContext()))
})

test.for(names)('%s: an answer that is decoded and encoded is the same JSON', (name) => {
  const wire = answer(name)
  const encoded = encodeResponse(decodeResponse(wire, makeContext()), at(wire))
  // No arguments are `{}` to a client.
  const expected = JSON.stringify(wire).replace('"arguments":""', '"arguments":"{}"')
  expect(withoutNulls(encoded)).toEqual(withoutNulls(JSON.parse(expected)))
})

test.for(names)('%s: a stream that is decoded and encoded says the same', async (name) => {
  const events = await decode(read(`${name}.sse`))
  const encoder = createStreamEncoder(at(answer(name)))
  const again = events.map((event) => encoder.encode(event)).join('')
  expect(again.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(await whole(await decode(again))).toEqual(await whole(events))
})

test.for(names)('%s: every event that matters to a relay holds a needle, no other does', async (name) => {
  for (const { data } of await decodeMessages([new TextEncoder().encode(read(`${name}.sse`))])) {
    const matters = data === '[DONE]' || /"finish_reason":"|"usage":\{/.test(data)
    expect(relayRules.needles.some((needle) => `data: ${data}`.includes(needle))).toBe(matters)
    expect(relayRules.isUsageOnly(data)).toBe(matters && data.includes('"choices":[],'))
  }
})
