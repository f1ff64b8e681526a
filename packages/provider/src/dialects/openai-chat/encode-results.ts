import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, ToolResultBlock } from '../../types/message.ts'
import { fillIn, takeExtra } from '../extra.ts'
import { toBlocks } from '../history.ts'
import { toToolId } from '../tool-id.ts'
import { type EncodeContext, encodeParts, encodeTexts, idRule } from './encode-content.ts'

/**
 * One `tool` message for each result, in their order. A `tool` message holds text alone, so images and documents follow
 * in one user message after all of them, each result's behind a line that says whose they are.
 */
export const encodeResults = (results: readonly ToolResultBlock[], context: EncodeContext): JsonObject[] => {
  const messages: JsonObject[] = []
  const attachments: JsonObject[] = []
  for (const result of results) {
    const id = toToolId(result.toolUseId, idRule)
    const blocks = toBlocks(result.content)
    const media = encodeParts(blocks.filter(isNoText), context)
    if (media.length > 0)
      attachments.push({ type: 'text', text: `Content of the result of tool call ${id}:` }, ...media)
    if (result.isError === true) {
      const message = '"isError" of a tool result is not sent: OpenAI has only its text.'
      context.warnings.add('unsupported-option', message)
    }
    const text = encodeTexts(
      blocks.filter((block) => block.type === 'text'),
      '\n',
      context,
    )
    const extra = takeExtra(result, 'openai-chat', 'a tool result', context.warnings)
    const content =
      text.length === 0 && media.length > 0 ? 'The content follows in the next user message.' : text
    messages.push(fillIn({ role: 'tool', tool_call_id: id, content }, extra))
  }
  return attachments.length === 0 ? messages : [...messages, { role: 'user', content: attachments }]
}

const isNoText = (block: ContentBlock): boolean => block.type !== 'text'
