import { expect, test } from 'vitest'
import { requestFaults as anthropicFaults } from './anthropic/validate-request.ts'
import { createFakeUpstream } from './fake-upstream.ts'
import { requestFaults as openaiFaults } from './openai/validate-request.ts'

const messages = [{ role: 'user', content: 'hi' }]
const closed = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}

const openai = (schema: object, strict = true) => {
  const response_format = { type: 'json_schema', json_schema: { name: 'x', strict, schema } }
  for (const fault of openaiFaults({ model: 'gpt-4o', messages, response_format })) return fault.message
  return undefined
}

const anthropic = (schema: object) => {
  const body = { model: 'claude-sonnet-4-6', max_tokens: 9, messages }
  const output_config = { format: { type: 'json_schema', schema } }
  const rules = { version: '2023-06-01', signatures: new Map<string, string>() }
  for (const fault of anthropicFaults({ ...body, output_config }, rules)) return fault.message
  return undefined
}

test('OpenAI: what is asked for strictly is closed, and requires all that it has', () => {
  expect(openai(closed)).toBeUndefined()
  const open = { ...closed, additionalProperties: undefined }
  const optional = { ...closed, required: [] }
  expect(openai(open)).toContain("'additionalProperties' is required")
  expect(openai(optional)).toContain("Missing 'a'")
  for (const inner of [open, optional]) {
    for (const outer of [
      { ...closed, properties: { a: inner } },
      { ...closed, $defs: { b: inner } },
      { ...closed, properties: { a: { type: 'array', items: { anyOf: [inner] } } } },
    ]) {
      expect(openai(outer)).toContain('Invalid schema for response_format')
      expect(openai(outer, false)).toBeUndefined()
    }
  }
  const tools = [{ type: 'function', function: { name: 'f', strict: true, parameters: open } }]
  expect([...openaiFaults({ model: 'gpt-4o', messages, tools })]).toMatchObject([
    { status: 400, code: 'invalid_function_parameters' },
  ])
})

test('Anthropic: a schema is closed, and asks for nothing that has to be counted', () => {
  expect(anthropic({ ...closed, required: [] })).toBeUndefined()
  expect(anthropic({ ...closed, additionalProperties: true })).toContain('must be explicitly set to false')
  const counted = { ...closed, properties: { n: { type: 'integer', minimum: 1 } } }
  expect(anthropic(counted)).toContain("property 'minimum' is not supported")
  expect(anthropic({ ...closed, $defs: { b: { type: 'string', maxLength: 1 } } })).toContain('maxLength')
})

test('counts tokens, and embeds in both encodings', async () => {
  const upstream = createFakeUpstream()
  const send = async (path: string, body: object) => {
    const response = await upstream.fetch(`https://fake.test${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  const counted = { model: 'claude-sonnet-4-6', messages }
  expect(await send('/v1/messages/count_tokens', counted)).toMatchObject({
    status: 200,
    body: { input_tokens: expect.any(Number) },
  })
  expect(await send('/v1/messages/count_tokens', { ...counted, messages: [] })).toMatchObject({ status: 400 })
  const model = 'text-embedding-3-small'
  const input = ['a', 'bb']
  const floats = await send('/v1/embeddings', { model, input, dimensions: 4 })
  expect(floats.body.data).toMatchObject([{ index: 0 }, { index: 1 }])
  const coded = await send('/v1/embeddings', { model, input, dimensions: 4, encoding_format: 'base64' })
  const bytes = Buffer.from(coded.body.data[1].embedding, 'base64')
  expect([0, 4, 8, 12].map((at) => bytes.readFloatLE(at))).toEqual(floats.body.data[1].embedding)
  for (const body of [
    { model },
    { model, input: '' },
    { model, input, encoding_format: 'x' },
    { model, input, n: 1 },
  ]) {
    expect(await send('/v1/embeddings', body)).toMatchObject({ status: 400 })
  }
})
