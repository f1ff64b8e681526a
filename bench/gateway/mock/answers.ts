/** The two wire formats that are measured. */
export type WireDialect = 'chat' | 'messages'

/** What a model's name asks of the mock: `gpt-bench-burst-100` is a hundred events in one write. */
export interface Script {
  kind: 'json' | 'burst' | 'paced' | 'slow' | 'flood' | 'hang'
  /** How many events carry text. */
  events: number
  /** Milliseconds between two events. */
  gapMs: number
}

/** A streamed answer, taken apart at the places where time may pass. */
export interface CannedStream {
  /** What precedes the first text, and that text: providers send these together. */
  first: string
  /** One more event with text: the n-th token, or another text. */
  next(n: number, text?: string): string
  last: string
}

const scriptPattern = /bench-(json|burst|paced|slow|flood|hang)(?:-(\d+))?(?:-(\d+))?/

/** Reads what a model's name asks for. */
export const readScript = (model: string): Script => {
  const [, kind = 'json', events = '1', gapMs = '0'] = scriptPattern.exec(model) ?? []
  return { kind: kind as Script['kind'], events: Number(events), gapMs: Number(gapMs) }
}

/** The text of the n-th event. All have the same length, so that the bytes of an answer are known. */
const textOf = (n: number): string => ` token${String(n % 10_000).padStart(4, '0')}`

/** The text that a whole streamed answer spells. */
export const streamedText = (events: number): string =>
  Array.from({ length: events }, (_, n) => textOf(n)).join('')

/** The text of an answer that is not streamed: about a paragraph. */
export const plainText =
  'A gateway stands between clients and models. It knows who asks, finds out who can answer, hands the question on ' +
  'and the answer back, and keeps count of what it cost. It should do this so quickly that nobody can tell it is ' +
  'there, and so faithfully that nobody has to care. This answer is as long as a short one of a real model.'

const usage = { chat: { prompt_tokens: 172, completion_tokens: 100, total_tokens: 272 } }

/** The body of an answer that is not streamed. */
export const plainBody = (dialect: WireDialect, model: string): string =>
  JSON.stringify(
    dialect === 'chat'
      ? {
          id: 'chatcmpl-CgZq1T3uK9vYxR7bQm2LdE5sHf8aN',
          object: 'chat.completion',
          created: 1_763_800_000,
          model,
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: plainText, refusal: null, annotations: [] },
              logprobs: null,
              finish_reason: 'stop',
            },
          ],
          usage: { ...usage.chat, prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 } },
          service_tier: 'default',
          system_fingerprint: 'fp_50906f2aac',
        }
      : {
          id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
          type: 'message',
          role: 'assistant',
          model,
          content: [{ type: 'text', text: plainText }],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage: { input_tokens: 172, output_tokens: 100, cache_read_input_tokens: 0 },
        },
  )

/** As OpenAI streams: with `include_usage` every chunk names usage, and one more chunk has it. */
const chatStream = (model: string, includeUsage: boolean): CannedStream => {
  const head = `data: {"id":"chatcmpl-CgZq1T3uK9vYxR7bQm2LdE5sHf8aN","object":"chat.completion.chunk","created":1763800000,"model":"${model}","service_tier":"default","system_fingerprint":"fp_50906f2aac","choices":`
  const tail = `${includeUsage ? ',"usage":null' : ''},"obfuscation":"k3Jd92mXq"}\n\n`
  const chunk = (delta: string, finish = 'null') =>
    `${head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${tail}`
  const next = (n: number, text = textOf(n)) => chunk(`{"content":"${text}"}`)
  const counted = `${head}[],"usage":${JSON.stringify(usage.chat)},"obfuscation":""}\n\n`
  return {
    first: chunk('{"role":"assistant","content":"","refusal":null}') + next(0),
    next,
    last: `${chunk('{}', '"stop"')}${includeUsage ? counted : ''}data: [DONE]\n\n`,
  }
}

const messagesStream = (model: string): CannedStream => {
  const event = (type: string, rest: string) => `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`
  const next = (n: number, text = textOf(n)) =>
    event('content_block_delta', `,"index":0,"delta":{"type":"text_delta","text":"${text}"}`)
  const message = `{"model":"${model}","id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":172,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}`
  return {
    first:
      event('message_start', `,"message":${message}`) +
      event('content_block_start', ',"index":0,"content_block":{"type":"text","text":""}') +
      event('ping', '') +
      next(0),
    next,
    last:
      event('content_block_stop', ',"index":0') +
      event(
        'message_delta',
        ',"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":100}',
      ) +
      event('message_stop', ''),
  }
}

/** A streamed answer of a model. */
export const cannedStream = (dialect: WireDialect, model: string, includeUsage: boolean): CannedStream =>
  dialect === 'chat' ? chatStream(model, includeUsage) : messagesStream(model)
