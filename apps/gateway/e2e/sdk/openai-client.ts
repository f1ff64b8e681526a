import OpenAI from 'openai'
import {
  clientKey,
  type SdkAnswer,
  type SdkClient,
  type SdkQuestion,
  type SdkTurn,
  toEnd,
} from './sdk-client.ts'

type Message = OpenAI.ChatCompletionMessageParam

const toMessages = (turn: SdkTurn): Message[] => {
  if ('results' in turn) {
    return turn.results.map(({ call, content }) => ({ role: 'tool', tool_call_id: call.id, content }))
  }
  if ('assistant' in turn) return [turn.assistant.native as Message]
  if (turn.image === undefined) return [{ role: 'user', content: turn.user }]
  const { mediaType, data } = turn.image
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text: turn.user },
        { type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } },
      ],
    },
  ]
}

const toBody = (question: SdkQuestion): OpenAI.ChatCompletionCreateParamsNonStreaming => {
  const { model, turns, system, tools, schema, thinks, maxTokens = 2000, temperature, stop } = question
  return {
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      ...turns.flatMap(toMessages),
    ],
    max_completion_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(stop && { stop }),
    ...(thinks && { reasoning_effort: 'low' as const }),
    ...(tools && {
      tools: tools.map((tool) => ({ type: 'function' as const, function: { ...tool, strict: false } })),
    }),
    ...(schema && {
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'answer', strict: true, schema },
      },
    }),
  }
}

/** As the SDK's own loops do: what it adds to a message is no part of a request. */
const toHistory = (message: OpenAI.ChatCompletionMessage): Message => {
  const { parsed: _parsed, ...history } = Object(message)
  const calls = message.tool_calls?.map((call) =>
    call.type === 'function'
      ? {
          id: call.id,
          type: call.type,
          function: { name: call.function.name, arguments: call.function.arguments },
        }
      : call,
  )
  return { ...history, ...(calls && { tool_calls: calls }) }
}

const toAnswer = ({ choices, usage }: OpenAI.ChatCompletion): SdkAnswer => {
  const [choice] = choices
  if (choice === undefined || choices.length > 1) throw new Error(`${choices.length} choices`)
  const { message } = choice
  const reasoning: unknown = Object(message).reasoning_content
  return {
    text: message.content ?? message.refusal ?? '',
    thinking: typeof reasoning === 'string' ? reasoning : '',
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== 'function') throw new Error(`A call of type ${call.type}.`)
      return { id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }
    }),
    end: toEnd(choice.finish_reason),
    usage: {
      input: usage?.prompt_tokens ?? Number.NaN,
      output: usage?.completion_tokens ?? Number.NaN,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    },
    native: toHistory(message),
  }
}

/** The SDK of OpenAI; it streams by its own helper, which puts the answer together and checks that it is whole. */
export const createOpenAIClient = (url: string): SdkClient => {
  const openai = new OpenAI({ apiKey: clientKey, baseURL: `${url}/v1`, maxRetries: 0 })
  return {
    name: 'openai',
    dialect: 'openai-chat',
    async ask(question) {
      return toAnswer(await openai.chat.completions.create(toBody(question), { signal: question.signal }))
    },
    async stream(question, onPart = () => {}) {
      const body = { ...toBody(question), stream: true as const, stream_options: { include_usage: true } }
      const stream = openai.chat.completions.stream(body, { signal: question.signal })
      stream.on('content', onPart)
      return toAnswer(await stream.finalChatCompletion())
    },
  }
}
