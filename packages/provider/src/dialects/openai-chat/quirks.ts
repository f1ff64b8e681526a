/** How a server that speaks Chat Completions differs from OpenAI's own. Data: each quirk is read in one place. */
export interface ChatQuirks {
  /**
   * The field of the output limit.
   * @defaultValue `max_tokens`, and `max_completion_tokens` for OpenAI's reasoning models; OpenAI itself has the latter
   */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined
  /**
   * Does it know the role `developer`? Where not, `system` is sent for it.
   * @defaultValue false
   */
  developerRole?: boolean | undefined
  /**
   * Does it take the `name` of a message?
   * @defaultValue true
   */
  messageNames?: boolean | undefined
  /**
   * The field in which it wants an assistant's thinking back; of `none`, thinking is not sent.
   * @defaultValue `reasoning_content` for models of DeepSeek and Moonshot that need it by their names, without what
   * models behind another dialect thought unless calls came with it; `none` for others, and at servers that are known
   * to refuse the field
   */
  reasoningField?: 'reasoning_content' | 'reasoning' | 'none' | undefined
  /**
   * Is it asked for the usage of a stream? Old servers refuse `stream_options`.
   * @defaultValue true
   */
  streamUsage?: boolean | undefined
  /**
   * Does it refuse `metadata` of a completion that it does not store?
   * @defaultValue false
   */
  metadataNeedsStore?: boolean | undefined
  /**
   * Does it refuse `reasoning_effort` for models that do not reason, by OpenAI's names?
   * @defaultValue false
   */
  strictReasoning?: boolean | undefined
  /**
   * Does it refuse `strict` for a tool whose schema leaves anything open?
   * @defaultValue false
   */
  strictSchemas?: boolean | undefined
}

/** What is known of a server by its host alone, where nothing is said of it. */
export const reasoningFieldAt = (baseURL: string): ChatQuirks['reasoningField'] =>
  URL.canParse(baseURL) && refusesThinking.test(new URL(baseURL).hostname) ? 'none' : undefined

// They answer 400 to fields of a message that they do not know.
const refusesThinking = /(?:^|\.)(?:groq\.com|cerebras\.ai)$/

/** OpenAI's own API. */
export const openaiQuirks: ChatQuirks = {
  maxTokensField: 'max_completion_tokens',
  developerRole: true,
  metadataNeedsStore: true,
  strictReasoning: true,
  strictSchemas: true,
}
