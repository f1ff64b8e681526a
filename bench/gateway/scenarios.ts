import { plainText, readScript, streamedText, type WireDialect } from './mock/answers.ts'

/** One kind of request, as a client sends it. */
export interface Scenario {
  /** What the client speaks. */
  dialect: WireDialect
  /** What the model's provider speaks. */
  upstream: WireDialect
  model: string
  stream: boolean
  body: string
  /** What a whole answer must spell. */
  text: string
  /** Events that carry text; 1 where the answer is not streamed. */
  events: number
}

const paragraph =
  'You are a careful assistant in the support team of a shop for musical instruments. Answer in plain sentences, name ' +
  'the article by its number, never promise a date of delivery, and ask back when a question can be meant in two ways. '

/** A conversation of about this many bytes. */
const conversation = (bytes: number): { role: string; content: string }[] => {
  const question = { role: 'user', content: `${paragraph}Which strings fit article 4711?` }
  const turns = Math.max(0, Math.round((bytes - 2 * paragraph.length) / (paragraph.length * 3 + 60) / 2))
  const history = Array.from({ length: turns }, (_, n) => [
    { role: 'user', content: `${n}: ${paragraph.repeat(3)}` },
    { role: 'assistant', content: `${n}: ${paragraph.repeat(3)}` },
  ]).flat()
  return [...history, question]
}

const toBody = (dialect: WireDialect, model: string, stream: boolean, bytes: number): string => {
  const messages = conversation(bytes)
  const rest = { max_tokens: 256, ...(stream ? { stream } : {}) }
  return dialect === 'chat'
    ? JSON.stringify({ model, messages: [{ role: 'system', content: paragraph }, ...messages], ...rest })
    : JSON.stringify({ model, system: paragraph, messages, ...rest })
}

/**
 * A client's request for the script that `knob` names: `burst-100`, `json`. A dialect of the upstream that is not the
 * client's makes the gateway translate.
 */
export const scenario = (
  dialect: WireDialect,
  upstream: WireDialect,
  knob: string,
  bytes = 1024,
): Scenario => {
  const model = `${upstream === 'chat' ? 'gpt' : 'claude'}-bench-${knob}`
  const { kind, events } = readScript(model)
  const stream = kind !== 'json' && !knob.endsWith('-whole')
  return {
    dialect,
    upstream,
    model,
    stream,
    body: toBody(dialect, model, stream, bytes),
    text: stream ? streamedText(events) : plainText,
    events: stream ? events : 1,
  }
}

/** A request of OpenAI's client for OpenAI's model. */
export const chat = (knob: string, bytes?: number): Scenario => scenario('chat', 'chat', knob, bytes)

/** The bytes of a request: what a client of this dialect sends, and whatever else a gateway wants to be told. */
export const toRequest = (
  { dialect, body }: Scenario,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): string => {
  const credentials =
    dialect === 'chat'
      ? { authorization: `Bearer ${key}` }
      : { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
  const path = dialect === 'chat' ? '/v1/chat/completions' : '/v1/messages'
  const lines = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'bench',
    ...credentials,
    ...headers,
    'content-length': `${Buffer.byteLength(body)}`,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
