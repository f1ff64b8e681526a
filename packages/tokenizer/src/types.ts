/** A message as this package reads it: any vocabulary whose messages have a role and a content fits. */
export interface CountableMessage {
  role: string
  content?: unknown
  name?: string | undefined
}

/** Counts tokens the way a model does, or says that it estimates. */
export interface Tokenizer {
  /** The model that was asked for. */
  readonly model: string
  /** `exact`: ids are those of the model's own encoding. `estimate`: a stated approximation. */
  readonly kind: 'exact' | 'estimate'
  /** Tokens of a text; 0 for the empty text. Text that looks like a special token is ordinary text. */
  count(text: string): number
  /** Tokens of messages as a request would carry them, overheads included; 0 for none. */
  countMessages(messages: readonly CountableMessage[]): number
  /**
   * Tokens of a whole request: an OpenAI Chat body (legacy functions too), an Anthropic Messages body or the vocabulary
   * of `@gateway/provider`. Nothing is ever fetched.
   *
   * - Chat: 3 per message, 1 per name and 3 for the answer, as OpenAI documents; tools by the formula of its cookbook,
   *   applied to nested properties too; 3 around each tool call.
   * - Claude, fitted to 119 reported requests: 5, and 2 per message, 36 per tool call, 12 per result; 300 to 490 for
   *   having tools and 8 for each.
   * - Images by the provider's formula; 1024 × 1024 where the size is not in the base64. A file counts as 3,000, audio
   *   as 10 a second. Blocks that are not known count as their JSON, and so does what is nested past 32 levels.
   *
   * Throws `invalid-input` for what is no list of messages with a role, and for what has no JSON form: a cycle, or
   * thousands of levels. Whatever else a body may hold is counted.
   */
  countRequest(request: object): number
  /** Token ids; only where `kind` is `exact`. */
  encode?(text: string): number[]
  /** The text of token ids; only where `kind` is `exact`. */
  decode?(tokens: readonly number[]): string
}

/** Counts one text that arrives in pieces; linear in the whole text, however it is cut and however often it is asked. */
export interface RunningCount {
  /** Appends to the text. */
  push(text: string): void
  /** Tokens of the text so far: what `count` would say of it. */
  count(): number
}

/** The public encodings, by their names in tiktoken. */
export type EncodingName = 'o200k_base' | 'o200k_harmony' | 'cl100k_base' | 'p50k_base'

/** What the tokenizers of this package have beyond the seam that others may implement. */
export interface ModelTokenizer extends Tokenizer {
  /** The encoding of an exact tokenizer. */
  readonly encoding?: EncodingName | undefined
  /** Whether the text has at most `max` tokens; stops reading soon after it has more. */
  isWithinLimit(text: string, max: number): boolean
  /** Starts counting a text that arrives in pieces. */
  startCount(): RunningCount
}
