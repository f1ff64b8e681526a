import Anthropic from '@anthropic-ai/sdk'
import {
  clientKey,
  type SdkAnswer,
  type SdkClient,
  type SdkQuestion,
  type SdkTurn,
  toEnd,
} from './sdk-client.ts'

const toMessage = (turn: SdkTurn): Anthropic.MessageParam => {
  if ('results' in turn) {
    return {
      role: 'user',
      content: turn.results.map(({ call, content }) => ({
        type: 'tool_result',
        tool_use_id: call.id,
        content,
      })),
    }
  }
  if ('assistant' in turn) {
    return { role: 'assistant', content: turn.assistant.native as Anthropic.ContentBlockParam[] }
  }
  if (turn.image === undefined) return { role: 'user', content: turn.user }
  const { mediaType, data } = turn.image
  const source = { type: 'base64', media_type: mediaType as 'image/png', data } as const
  return {
    role: 'user',
    content: [
      { type: 'image', source },
      { type: 'text', text: turn.user },
    ],
  }
}

const toBody = (question: SdkQuestion): Anthropic.MessageCreateParamsNonStreaming => {
  const { model, turns, system, tools, schema, thinks, maxTokens = 2000, temperature, stop } = question
  return {
    model,
    max_tokens: maxTokens,
    messages: turns.map(toMessage),
    ...(system !== undefined && { system }),
    ...(stop && { stop_sequences: stop }),
    // The SDK's types have no sampling options any more; users of older models still send them.
    ...(temperature !== undefined && { temperature }),
    ...(thinks && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
    ...(tools && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: parameters as Anthropic.Tool.InputSchema,
      })),
    }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
  }
}

const toAnswer = ({ content, stop_reason, usage }: Anthropic.Message): SdkAnswer => ({
  text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  thinking: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
  calls: content
    .filter((block) => block.type === 'tool_use')
    .map(({ id, name, input }) => ({ id, name, input })),
  end: toEnd(stop_reason),
  usage: {
    input:
      (usage.input_tokens ?? Number.NaN) +
      (usage.cache_read_input_tokens ?? 0) +
      (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens ?? Number.NaN,
    cached: usage.cache_read_input_tokens ?? 0,
  },
  native: content,
})

/** The SDK of Anthropic; it streams by its own helper. */
export const createAnthropicClient = (url: string): SdkClient => {
  const anthropic = new Anthropic({ apiKey: clientKey, baseURL: url, maxRetries: 0 })
  return {
    name: '@anthropic-ai/sdk',
    dialect: 'anthropic-messages',
    async ask(question) {
      return toAnswer(await anthropic.messages.create(toBody(question), { signal: question.signal }))
    },
    async stream(question, onPart = () => {}) {
      const stream = anthropic.messages.stream(toBody(question), { signal: question.signal })
      stream.on('text', onPart)
      return toAnswer(await stream.finalMessage())
    },
  }
}
