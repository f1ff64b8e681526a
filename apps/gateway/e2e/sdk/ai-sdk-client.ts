import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai'
import {
  clientKey,
  type SdkAnswer,
  type SdkClient,
  type SdkQuestion,
  type SdkTool,
  type SdkTurn,
  toEnd,
} from './sdk-client.ts'

const toMessages = (turn: SdkTurn): ModelMessage[] => {
  if ('results' in turn) {
    return [
      {
        role: 'tool',
        content: turn.results.map(({ call, content }) => ({
          type: 'tool-result',
          toolCallId: call.id,
          toolName: call.name,
          output: { type: 'text', value: content },
        })),
      },
    ]
  }
  if ('assistant' in turn) return turn.assistant.native as ModelMessage[]
  if (turn.image === undefined) return [{ role: 'user', content: turn.user }]
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text: turn.user },
        { type: 'file', mediaType: turn.image.mediaType, data: turn.image.data },
      ],
    },
  ]
}

const budget = { type: 'enabled', budgetTokens: 1024 }

const toToolSet = (tools: readonly SdkTool[]): ToolSet => {
  const set: ToolSet = {}
  for (const { name, description, parameters } of tools) {
    // biome-ignore lint/suspicious/noExplicitAny: a set holds tools of any input.
    set[name] = tool({ description, inputSchema: jsonSchema<any>(parameters) })
  }
  return set
}

const toOptions = (model: LanguageModel, question: SdkQuestion) => {
  const { turns, system, tools, schema, thinks, maxTokens = 2000, temperature, stop, signal } = question
  return {
    model,
    messages: turns.flatMap(toMessages),
    maxOutputTokens: maxTokens,
    maxRetries: 0,
    ...(system !== undefined && { instructions: system }),
    ...(temperature !== undefined && { temperature }),
    ...(stop && { stopSequences: stop }),
    ...(signal && { abortSignal: signal }),
    ...(tools && { tools: toToolSet(tools) }),
    ...(schema && { output: Output.object({ schema: jsonSchema<unknown>(schema) }) }),
    providerOptions: {
      // For models that it does not know, it would write a tool call instead of asking for the format.
      anthropic: { structuredOutputMode: 'outputFormat', ...(thinks && { thinking: budget }) },
      ...(thinks && {
        openai: { reasoningEffort: 'low', forceReasoning: true },
        gateway: { reasoningEffort: 'low' },
      }),
    },
  }
}

/** What a whole and a streamed result have in common, once the stream was read. */
interface Result {
  text: string
  reasoningText: string | undefined
  toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[]
  finishReason: string
  usage: {
    inputTokens: number | undefined
    outputTokens: number | undefined
    inputTokenDetails: { cacheReadTokens: number | undefined }
  }
  responseMessages: readonly ModelMessage[]
}

const toAnswer = (result: Result): SdkAnswer => ({
  text: result.text,
  thinking: result.reasoningText ?? '',
  calls: result.toolCalls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    name: toolName,
    input,
  })),
  end: toEnd(result.finishReason),
  usage: {
    input: result.usage.inputTokens ?? Number.NaN,
    output: result.usage.outputTokens ?? Number.NaN,
    cached: result.usage.inputTokenDetails.cacheReadTokens ?? 0,
  },
  native: result.responseMessages,
})

const createClient = (
  name: string,
  dialect: SdkClient['dialect'],
  toModel: (id: string) => LanguageModel,
): SdkClient => ({
  name,
  dialect,
  async ask(question) {
    return toAnswer(await generateText(toOptions(toModel(question.model), question)))
  },
  async stream(question, onPart = () => {}) {
    const result = streamText({ ...toOptions(toModel(question.model), question), onError: () => {} })
    // An error is a part of the stream here, and not what ends it.
    for await (const part of result.fullStream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'abort') throw new DOMException('aborted', 'AbortError')
      if (part.type === 'text-delta') onPart()
    }
    return toAnswer({
      text: await result.text,
      reasoningText: await result.reasoningText,
      toolCalls: await result.toolCalls,
      finishReason: await result.finishReason,
      usage: await result.usage,
      responseMessages: await result.responseMessages,
    })
  },
})

/** The AI SDK, over three of its providers. */
export const createAiSdkClients = (url: string): SdkClient[] => {
  const settings = { apiKey: clientKey, baseURL: `${url}/v1` }
  const openai = createOpenAI(settings)
  const compatible = createOpenAICompatible({
    ...settings,
    name: 'gateway',
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
  const anthropic = createAnthropic(settings)
  return [
    createClient('@ai-sdk/openai', 'openai-chat', (id) => openai.chat(id)),
    createClient('@ai-sdk/openai-compatible', 'openai-chat', (id) => compatible(id)),
    createClient('@ai-sdk/anthropic', 'anthropic-messages', (id) => anthropic(id)),
  ]
}
