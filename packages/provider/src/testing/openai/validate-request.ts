import { contentText, type Fields, isFields, toFields, toList, unknownKey } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { invalid, reasons } from './rules.ts'
import { strictFault } from './strict-schema.ts'
import { messageFaults } from './validate-messages.ts'

const topLevel = [
  ...[
    'messages',
    'model',
    'audio',
    'frequency_penalty',
    'function_call',
    'functions',
    'logit_bias',
    'logprobs',
  ],
  ...[
    'max_completion_tokens',
    'max_tokens',
    'metadata',
    'modalities',
    'n',
    'parallel_tool_calls',
    'prediction',
  ],
  ...[
    'presence_penalty',
    'prompt_cache_key',
    'prompt_cache_retention',
    'reasoning_effort',
    'response_format',
  ],
  ...[
    'safety_identifier',
    'seed',
    'service_tier',
    'stop',
    'store',
    'stream',
    'stream_options',
    'temperature',
  ],
  ...['tool_choice', 'tools', 'top_logprobs', 'top_p', 'user', 'verbosity', 'web_search_options'],
]

/**
 * Everything that the real API would refuse, in the order in which it would; the first one is its answer.
 * @see https://developers.openai.com/api/docs/api-reference/chat/create
 */
export function* requestFaults(body: unknown): Generator<FakeFault> {
  if (!isFields(body)) {
    yield invalid('We could not parse the JSON body of your request.')
    return
  }
  const extra = unknownKey(body, topLevel)
  if (extra !== undefined) yield invalid(`Unknown parameter: '${extra}'.`, extra, 'unknown_parameter')
  if (body.model === undefined) yield invalid('you must provide a model parameter')
  if (typeof body.model !== 'string')
    yield invalid("Invalid type for 'model': expected a string.", 'model', 'invalid_type')
  if (body.messages === undefined) {
    yield invalid("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
  }
  yield* optionFaults(body)
  yield* toolFaults(body)
  yield* messageFaults(body)
}

function* optionFaults(body: Fields): Generator<FakeFault> {
  const model = String(body.model)
  if (reasons(model)) yield* reasoningFaults(body, model)
  if (typeof body.temperature === 'number' && (body.temperature < 0 || body.temperature > 2)) {
    yield invalid(
      "Invalid 'temperature': expected a value between 0 and 2.",
      'temperature',
      'decimal_above_max_value',
    )
  }
  for (const field of ['max_tokens', 'max_completion_tokens']) {
    const value = body[field]
    if (value !== undefined && value !== null && !(Number.isInteger(value) && Number(value) >= 1)) {
      yield invalid(`Invalid '${field}': integer below minimum value.`, field, 'integer_below_min_value')
    }
  }
  if (toList(body.stop).length > 4) {
    const message = `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${toList(body.stop).length} instead.`
    yield invalid(message, 'stop', 'array_above_max_length')
  }
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    yield invalid(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    )
  }
  const { type, json_schema: schema } = toFields(body.response_format)
  const texts = toList(body.messages).map((message) => contentText(toFields(message).content))
  if (type === 'json_object' && !texts.some((text) => /json/i.test(text))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    yield invalid(message, 'messages')
  }
  if (type === 'json_schema' && !/^[a-zA-Z0-9_-]{1,64}$/.test(String(toFields(schema).name))) {
    yield invalid(
      "Invalid 'response_format.json_schema.name'.",
      'response_format.json_schema.name',
      'invalid_value',
    )
  }
  const { strict, schema: shape, name } = toFields(schema)
  const loose = strict === true ? strictFault(shape) : undefined
  if (loose !== undefined) {
    yield invalid(`Invalid schema for response_format '${String(name)}': ${loose}`, 'response_format')
  }
}

function* reasoningFaults(body: Fields, model: string): Generator<FakeFault> {
  if (body.max_tokens !== undefined) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    yield invalid(message, 'max_tokens', 'unsupported_parameter')
  }
  if (body.temperature !== undefined && body.temperature !== null && body.temperature !== 1) {
    const message = `Unsupported value: 'temperature' does not support ${String(body.temperature)} with this model. Only the default (1) value is supported.`
    yield invalid(message, 'temperature', 'unsupported_value')
  }
  // The reference names the models for `stop`: https://developers.openai.com/api/docs/api-reference/chat
  const refused = [
    'top_p',
    'presence_penalty',
    'frequency_penalty',
    ...(/^o[34]/.test(model) ? ['stop'] : []),
  ]
  for (const field of refused) {
    const value = body[field]
    if (value === undefined || value === null || (field === 'top_p' && value === 1) || value === 0) continue
    yield invalid(
      `Unsupported parameter: '${field}' is not supported with this model.`,
      field,
      'unsupported_parameter',
    )
  }
}

function* toolFaults(body: Fields): Generator<FakeFault> {
  const tools = toList(body.tools)
  if (body.tools !== undefined && tools.length === 0) {
    yield invalid(
      "Invalid 'tools': empty array. Expected an array with minimum length 1.",
      'tools',
      'empty_array',
    )
  }
  for (const [at, value] of tools.entries()) {
    const tool = toFields(value)
    if (tool.type === 'custom') continue
    const path = `tools[${at}]`
    if (tool.type !== 'function')
      yield invalid(`Invalid value: '${String(tool.type)}'.`, `${path}.type`, 'invalid_value')
    const called = toFields(tool.function)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(called.name))) {
      const message = `Invalid '${path}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
      yield invalid(message, `${path}.function.name`, 'invalid_value')
    }
    const extra = unknownKey(called, ['name', 'description', 'parameters', 'strict'])
    if (extra !== undefined) {
      yield invalid(
        `Unknown parameter: '${path}.function.${extra}'.`,
        `${path}.function.${extra}`,
        'unknown_parameter',
      )
    }
    if (called.parameters !== undefined && toFields(called.parameters).type !== 'object') {
      const message = `Invalid schema for function '${String(called.name)}': schema must be a JSON Schema of 'type: "object"'.`
      yield invalid(message, `${path}.function.parameters`, 'invalid_function_parameters')
    }
    const loose = called.strict === true ? strictFault(called.parameters) : undefined
    if (loose !== undefined) {
      const message = `Invalid schema for function '${String(called.name)}': ${loose}`
      yield invalid(message, `${path}.function.parameters`, 'invalid_function_parameters')
    }
  }
  for (const field of ['tool_choice', 'parallel_tool_calls']) {
    if (body[field] !== undefined && tools.length === 0) {
      yield invalid(
        `Invalid value for '${field}': '${field}' is only allowed when 'tools' are specified.`,
        field,
      )
    }
  }
}
