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
  /** Tokens of a whole request: an OpenAI Chat body, an Anthropic Messages body or the vocabulary of `@gateway/provider`. */
  countRequest(request: object): number
  /** Token ids; only where `kind` is `exact`. */
  encode?(text: string): number[]
  /** The text of token ids; only where `kind` is `exact`. */
  decode?(tokens: readonly number[]): string
}
