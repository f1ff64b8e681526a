import { ChatAnthropic } from '@langchain/anthropic'
import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
} from '@langchain/core/messages'
import { concat } from '@langchain/core/utils/stream'
import { ChatOpenAI } from '@langchain/openai'
import {
  clientKey,
  type SdkAnswer,
  type SdkClient,
  type SdkQuestion,
  type SdkTurn,
  toEnd,
} from './sdk-client.ts'

const toMessages = (turn: SdkTurn): BaseMessage[] => {
  if ('results' in turn) {
    return turn.results.map(
      ({ call, content }) => new ToolMessage({ content, tool_call_id: call.id, name: call.name }),
    )
  }
  if ('assistant' in turn) return [turn.assistant.native as AIMessage]
  if (turn.image === undefined) return [new HumanMessage(turn.user)]
  const { mediaType, data } = turn.image
  return [
    new HumanMessage({
      content: [
        { type: 'text', text: turn.user },
        { type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } },
      ],
    }),
  ]
}

const isBlock = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The texts of the blocks of one kind; a plain content is text. */
const textOf = ({ content }: AIMessage | AIMessageChunk, kind: 'text' | 'thinking'): string => {
  if (typeof content === 'string') return kind === 'text' ? content : ''
  return content.map((block) => (isBlock(block) && block.type === kind ? String(block[kind]) : '')).join('')
}

const usageOf = (message: { usage_metadata?: UsageMetadata | undefined }) => message.usage_metadata

const toAnswer = (message: AIMessage | AIMessageChunk): SdkAnswer => {
  const { response_metadata: meta, additional_kwargs: more } = message
  const usage = usageOf(message)
  const reason: unknown = meta.finish_reason ?? meta.stop_reason ?? more.stop_reason
  if (message.invalid_tool_calls?.length) throw new Error(JSON.stringify(message.invalid_tool_calls))
  const reasoning = more.reasoning_content ?? ''
  return {
    text: textOf(message, 'text') || String(more.refusal ?? ''),
    thinking: textOf(message, 'thinking') || String(reasoning),
    calls: (message.tool_calls ?? []).map(({ id = '', name, args }) => ({ id, name, input: args })),
    end: toEnd(typeof reason === 'string' ? reason : undefined),
    usage: {
      input: usage?.input_tokens ?? Number.NaN,
      output: usage?.output_tokens ?? Number.NaN,
      cached: usage?.input_token_details?.cache_read ?? 0,
    },
    native: message,
  }
}

const toTools = ({ tools }: SdkQuestion) =>
  tools?.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters },
  }))

/** Reads a stream into one message. */
const gather = async (chunks: AsyncIterable<AIMessageChunk>, onPart: () => void): Promise<SdkAnswer> => {
  let whole: AIMessageChunk | undefined
  for await (const chunk of chunks) {
    whole = whole === undefined ? chunk : concat(whole, chunk)
    if (textOf(chunk, 'text') !== '') onPart()
  }
  if (whole === undefined) throw new Error('An empty stream.')
  return toAnswer(whole)
}

const toInput = ({ system, turns }: SdkQuestion): BaseMessage[] => [
  ...(system === undefined ? [] : [new SystemMessage(system)]),
  ...turns.flatMap(toMessages),
]

const bindOpenAI = (url: string, question: SdkQuestion) => {
  const { model, schema, thinks, maxTokens = 2000, temperature, stop } = question
  const chat = new ChatOpenAI({
    model,
    apiKey: clientKey,
    maxRetries: 0,
    maxTokens,
    useResponsesApi: false,
    configuration: { baseURL: `${url}/v1` },
    ...(temperature !== undefined && { temperature }),
    ...(thinks && { reasoning: { effort: 'low' } }),
  })
  const tools = toTools(question)
  return chat.withConfig({
    ...(stop && { stop }),
    ...(tools && { tools }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
  })
}

const bindAnthropic = (url: string, question: SdkQuestion) => {
  const { model, schema, thinks, maxTokens = 2000, temperature, stop } = question
  const chat = new ChatAnthropic({
    model,
    apiKey: clientKey,
    anthropicApiUrl: url,
    maxRetries: 0,
    maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(thinks && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
  })
  const tools = toTools(question)
  return chat.withConfig({
    ...(stop && { stop }),
    ...(tools && { tools }),
    ...(schema && { outputConfig: { format: { type: 'json_schema', schema } } }),
  })
}

const createClient = (
  name: string,
  dialect: SdkClient['dialect'],
  bind: (question: SdkQuestion) => ReturnType<typeof bindOpenAI> | ReturnType<typeof bindAnthropic>,
): SdkClient => ({
  name,
  dialect,
  async ask(question) {
    const { signal } = question
    return toAnswer(await bind(question).invoke(toInput(question), { ...(signal && { signal }) }))
  },
  async stream(question, onPart = () => {}) {
    const { signal } = question
    return gather(await bind(question).stream(toInput(question), { ...(signal && { signal }) }), onPart)
  },
})

/** LangChain, over two of its providers. */
export const createLangChainClients = (url: string): SdkClient[] => [
  createClient('@langchain/openai', 'openai-chat', (question) => bindOpenAI(url, question)),
  createClient('@langchain/anthropic', 'anthropic-messages', (question) => bindAnthropic(url, question)),
]
