import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../types/json.ts'
import { type RelayEdits, toRelayBody } from './relay-body.ts'

const keep: RelayEdits = { model: 'm', includeUsage: false }
const edit = (text: string, edits: Partial<RelayEdits> = {}) =>
  new TextDecoder().decode(
    toRelayBody(new TextEncoder().encode(text), JSON.parse(text), { ...keep, ...edits }),
  )

test('a body that needs no edit is the same bytes', () => {
  const text = ' { "model" : "m", "temperature": 1.0, "seed": 12345678901234567890, "x": [1e400] } '
  const bytes = new TextEncoder().encode(text)
  expect(toRelayBody(bytes, JSON.parse(text), keep)).toBe(bytes)
})

test.for([
  ['{"model":"alias","n":1.0}', '{"model":"m","n":1.0}'],
  [
    '{ "messages" : ["\\"model\\":\\"x\\"", {"model":"inner"}],\n "model" :\t"alias" }',
    '{ "messages" : ["\\"model\\":\\"x\\"", {"model":"inner"}],\n "model" :\t"m" }',
  ],
  ['{"a\\\\":"}","model":"al\\"ias","b":[{"c":"]"}]}', '{"a\\\\":"}","model":"m","b":[{"c":"]"}]}'],
  ['\ufeff{"model":"alias"}'.slice(1), '{"model":"m"}'],
] as const)('in %j only the model changes', ([text, expected]) => {
  expect(edit(text)).toBe(expected)
})

test('a model that stands twice names the routed one wherever an upstream looks', () => {
  expect(edit('{"model":"dear","model":"m"}')).toBe('{"model":"m","model":"m"}')
  expect(edit('{"model":"dear","mod\\u0065l":"m"}')).toBe('{"model":"m","mod\\u0065l":"m"}')
  expect(edit('{"\\u006dodel":"dear","model":"cheap"}')).toBe('{"\\u006dodel":"m","model":"m"}')
  expect(edit('{"model":{"a":1},"model":"m"}')).toBe('{"model":"m","model":"m"}')
})

test('a name that is right stays as it is written', () => {
  expect(edit('{"tools":[{"model":1}],"model":"\\u006d"}')).toBe('{"tools":[{"model":1}],"model":"\\u006d"}')
})

test.for([
  ['{"model":"m"}', '{"stream_options":{"include_usage":true},"model":"m"}'],
  [' {"model":"m","stream_options":null}', ' {"model":"m","stream_options":{"include_usage":true}}'],
  ['{"stream_options": { },"model":"m"}', '{"stream_options": {"include_usage":true },"model":"m"}'],
  [
    '{"stream_options":{"x":1.0},"model":"alias"}',
    '{"stream_options":{"include_usage":true,"x":1.0},"model":"m"}',
  ],
  [
    '{"model":"m","stream_options":{ "include_usage" : false , "x":"}"}}',
    '{"model":"m","stream_options":{ "include_usage" : true , "x":"}"}}',
  ],
] as const)('usage is asked for in %j', ([text, expected]) => {
  expect(edit(text, { includeUsage: true })).toBe(expected)
})

const value = fc.oneof(fc.json({ maxDepth: 3 }), fc.constant('1.0'), fc.constant('[{"model":"x"}]'))
const key = fc.oneof(
  fc.constantFrom('messages', 'stream', 'models', 'a"b', 'a\\'),
  fc.string({ maxLength: 8 }),
)
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 2 })
const streamOptions = fc.constantFrom(undefined, 'null', '{}', '{"include_usage":false,"y":1.0}', '{"y":[1]}')

test('what is sent reads as the edited value, and every byte outside of the edits stays', () => {
  const body = fc.tuple(fc.array(fc.tuple(key, value), { maxLength: 5 }), streamOptions, space, fc.nat(7))
  fc.assert(
    fc.property(body, fc.boolean(), ([members, options, gap, at], includeUsage) => {
      const others = members.filter(([name]) => name !== 'model' && name !== 'stream_options')
      const all = others.map(([name, text]) => `${gap}${JSON.stringify(name)}${gap}:${text}`)
      if (options !== undefined) all.splice(at % (all.length + 1), 0, `"stream_options":${gap}${options}`)
      all.splice((at * 3) % (all.length + 1), 0, `"model"${gap}:${gap}"alias"${gap}`)
      const text = `${gap}{${all.join(',')}}`
      const parsed: JsonObject = JSON.parse(text)
      const edited = edit(text, { includeUsage })
      const asked = {
        ...(typeof parsed.stream_options === 'object' ? parsed.stream_options : {}),
        include_usage: true,
      }
      const expected = { ...parsed, model: 'm', ...(includeUsage && { stream_options: asked }) }
      expect(JSON.parse(edited)).toEqual(expected)
      const rest = edited.replace(`"model"${gap}:${gap}"m"`, `"model"${gap}:${gap}"alias"`)
      if (!includeUsage) expect(rest).toBe(text)
      else for (const [, raw] of others) expect(rest).toContain(raw)
    }),
  )
})
