import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { collect } from '../collect.ts'
import { createAnthropicDialect } from './anthropic-messages/dialect.ts'
import { createChatDialect } from './openai-chat/dialect.ts'
import { cuts, decodeChunks, decodeMessages, decodeText, makeContext } from './test-support.ts'

const dialects = {
  'anthropic-messages': createAnthropicDialect({ defaultMaxTokens: () => undefined }),
  'openai-chat': createChatDialect({}),
}

const read = (dialect: string, file: string): string =>
  readFileSync(new URL(`./${dialect}/fixtures/${file}`, import.meta.url), 'utf8')

const cases = [
  ['anthropic-messages', 'text'],
  ['anthropic-messages', 'tools'],
  ['anthropic-messages', 'web-search'],
  ['openai-chat', 'text'],
  ['openai-chat', 'tools'],
  ['openai-chat', 'reasoning'],
] as const

test.for(cases)('%s %s: the events are the same however the bytes are cut', async ([name, fixture]) => {
  const text = read(name, `${fixture}.sse`)
  // Compared as text, which is quick: there are as many cuts as bytes.
  const messages = JSON.stringify(await decodeMessages([new TextEncoder().encode(text)]))
  const events = await decodeText(dialects[name], text)
  expect(events.at(0)?.type).toBe('start')
  expect(events.at(-1)?.type).toBe('finish')
  let count = 0
  for (const chunks of cuts(text)) {
    // A dialect sees the messages alone, so the same messages are the same events; each 40th cut, and so the one of
    // single bytes, goes all the way to show it.
    expect(JSON.stringify(await decodeMessages(chunks))).toBe(messages)
    if (count % 40 === 0 || chunks.length > 2) {
      expect(await decodeChunks(dialects[name], chunks)).toEqual(events)
    }
    count += 1
  }
  expect(count).toBeGreaterThan(new TextEncoder().encode(text).length)
})

test.for(cases)('%s %s: line ends of CR or CRLF and a BOM change nothing', async ([name, fixture]) => {
  const text = read(name, `${fixture}.sse`)
  const whole = await decodeText(dialects[name], text)
  for (const lineEnd of ['\r', '\r\n']) {
    const other = `\uFEFF${text.replaceAll('\n', lineEnd)}`
    expect(await decodeText(dialects[name], other)).toEqual(whole)
    const bytes = Array.from(new TextEncoder().encode(other), (byte) => Uint8Array.of(byte))
    expect(await decodeChunks(dialects[name], bytes)).toEqual(whole)
  }
})

test.for(cases)('%s %s: the collected stream is the whole answer', async ([name, fixture]) => {
  const dialect = dialects[name]
  const streamed = await collect(
    (async function* () {
      yield* await decodeText(dialect, read(name, `${fixture}.sse`))
    })(),
  )
  const answered = dialect.decodeResponse(JSON.parse(read(name, `${fixture}.json`)), makeContext())
  expect(streamed).toEqual(answered)
})

test.for(cases)('%s %s: block indexes count from 0 in order and without gaps', async ([name, fixture]) => {
  const seen: number[] = []
  for (const event of await decodeText(dialects[name], read(name, `${fixture}.sse`))) {
    if ('index' in event && !seen.includes(event.index)) seen.push(event.index)
  }
  expect(seen).toEqual(seen.map((_, at) => at))
})

test.for(cases)('%s %s: cut before its terminal marker it is an error', async ([name, fixture]) => {
  const text = read(name, `${fixture}.sse`)
  const marker = name === 'openai-chat' ? /data:[^\n]*"finish_reason":"/ : /event: message_stop/
  const end = marker.exec(text)?.index ?? 0
  // Every event boundary will do: cutting at each byte is the test above.
  for (let at = 0; at !== -1 && at <= end; at = text.indexOf('\n\n', at + 1)) {
    const cut = decodeText(dialects[name], text.slice(0, at))
    await expect(cut).rejects.toMatchObject({ code: 'bad-response', provider: 'test' })
  }
})
