import { quote, TokenizerError } from '../errors.ts'
import type { CountableMessage } from '../types.ts'
import { claudeOptionTokens } from './claude-request.ts'
import { type ContentContext, contentTokens } from './content.ts'
import { messagesTokens, messageTokens } from './messages.ts'
import { isClaude } from './overheads.ts'
import { toolsTokens } from './tools.ts'
import { isRecord, type JsonRecord, jsonOf, listOf, textOf } from './values.ts'

const isMessage = (value: unknown): value is CountableMessage =>
  isRecord(value) && typeof value.role === 'string'

const readMessages = (request: JsonRecord): CountableMessage[] => {
  if (!Array.isArray(request.messages)) {
    throw new TokenizerError(
      'The request has no list of messages; countRequest takes a whole request body.',
      {
        code: 'invalid-input',
      },
    )
  }
  return request.messages.map((message: unknown, index) => {
    if (isMessage(message)) return message
    throw new TokenizerError(`Message ${index} of the request is ${quote(message)}; a message has a role.`, {
      code: 'invalid-input',
    })
  })
}

/** A system prompt beside the messages, as Anthropic's body and our vocabulary have it. */
const systemTokens = (context: ContentContext, system: unknown): number => {
  const tokens = contentTokens(context, system)
  if (tokens === 0 || !context.overheads.systemIsMessage) return tokens
  return tokens + messageTokens(context, { role: 'system' })
}

/** The schema that an answer must follow: OpenAI's, ours and Anthropic's way to say it. */
const formatTokens = ({ count }: ContentContext, request: JsonRecord): number => {
  const configured = isRecord(request.output_config) ? request.output_config.format : undefined
  for (const format of [request.response_format, request.responseFormat, configured, request.output_format]) {
    if (!isRecord(format)) continue
    const inner = isRecord(format.json_schema) ? format.json_schema : format
    if (isRecord(inner.schema)) return count(jsonOf(inner.schema)) + count(textOf(inner.name))
  }
  return 0
}

/**
 * Tokens of a whole request: system prompt, messages, tools and the schema of the answer. An OpenAI Chat body, an
 * Anthropic Messages body and a request of `@gateway/provider` differ in fields that do not collide, so each field
 * is read where it is.
 */
export const requestTokens = (context: ContentContext, request: object): number => {
  if (!isRecord(request)) {
    throw new TokenizerError(`The request is ${quote(request)}; countRequest takes a whole request body.`, {
      code: 'invalid-input',
    })
  }
  const messages = readMessages(request)
  const tools = [...listOf(request.tools), ...listOf(request.functions)]
  const format = formatTokens(context, request)
  const said =
    systemTokens(context, request.system) +
    messagesTokens(context, messages) +
    toolsTokens(context, tools) +
    format
  return isClaude(context.model.family)
    ? said + claudeOptionTokens(request, tools.length > 0, format > 0)
    : said
}
