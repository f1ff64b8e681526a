/** A function that the model may call. */
export interface SdkTool {
  name: string
  description: string
  parameters: Record<string, unknown>
}

/** A call that the model made, as the SDK gives it. */
export interface SdkCall {
  id: string
  name: string
  input: unknown
}

/** Why an answer ended, in one word for what each SDK calls its own way. */
export type SdkEnd = 'stop' | 'tools' | 'length' | 'refusal' | 'other'

/** An answer, put together by the SDK. */
export interface SdkAnswer {
  text: string
  thinking: string
  calls: SdkCall[]
  end: SdkEnd
  usage: { input: number; output: number; cached: number }
  /** What the SDK keeps of the answer in a history. */
  native: unknown
}

/** One turn of a conversation. */
export type SdkTurn =
  | { user: string; image?: { mediaType: string; data: string } }
  | { assistant: SdkAnswer }
  | { results: { call: SdkCall; content: string }[] }

/** What is asked, whatever the SDK. */
export interface SdkQuestion {
  model: string
  turns: SdkTurn[]
  system?: string
  tools?: SdkTool[]
  /** A JSON schema that the answer must keep. */
  schema?: Record<string, unknown>
  /** Asks for reasoning. */
  thinks?: boolean
  temperature?: number
  stop?: string[]
  maxTokens?: number
  signal?: AbortSignal
}

/** One SDK, speaking to the gateway. */
export interface SdkClient {
  name: string
  dialect: 'openai-chat' | 'anthropic-messages'
  ask(question: SdkQuestion): Promise<SdkAnswer>
  /** Rejects unless the SDK takes the stream for whole; `onPart` hears of each piece. */
  stream(question: SdkQuestion, onPart?: () => void): Promise<SdkAnswer>
}

/** The credential of every client: it must never reach an upstream. */
export const clientKey = 'sk-client-secret'

const ends: Readonly<Record<string, SdkEnd>> = {
  ...{ stop: 'stop', end_turn: 'stop', stop_sequence: 'stop', pause_turn: 'stop' },
  ...{ tool_calls: 'tools', tool_use: 'tools', 'tool-calls': 'tools' },
  ...{ length: 'length', max_tokens: 'length', model_context_window_exceeded: 'length' },
  ...{ content_filter: 'refusal', refusal: 'refusal', 'content-filter': 'refusal' },
}

/** The common word for an end. */
export const toEnd = (reason: string | null | undefined): SdkEnd => ends[reason ?? ''] ?? 'other'

/** An error as each SDK shows it. */
export interface SdkFailure {
  status: number | undefined
  /** Everything that it says, with the body of the answer. */
  words: string
  retryAfter: string | undefined
  name: string
}

const toHeader = (headers: unknown, name: string): string | undefined => {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = Object(headers)[name]
  return typeof value === 'string' ? value : undefined
}

/** What a failed call tells its user. */
export const toFailure = (thrown: unknown): SdkFailure => {
  const error: Record<string, unknown> = Object(thrown)
  // LangChain wraps what it knows a better name for.
  if (error.name === 'ContextOverflowError') return toFailure(error.cause)
  const status = error.status ?? error.statusCode
  const said = [error.message, error.error, error.responseBody, error.code, error.type, error.data]
  return {
    status: typeof status === 'number' ? status : undefined,
    words: said.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' | '),
    retryAfter: toHeader(error.headers ?? error.responseHeaders, 'retry-after'),
    name: String(error.name),
  }
}
