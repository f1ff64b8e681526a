import type { ContentBlock, MediaSource } from '@gateway/provider'
import type { WireBlock, WireSource } from './shapes.ts'

const toWireSource = (source: MediaSource): WireSource =>
  source.kind === 'url' ? source : { kind: 'base64', media_type: source.mediaType, data: source.data }

/** A block as HTTP carries it. */
const toWireBlock = (block: ContentBlock): WireBlock => {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text }
    case 'image':
    case 'document':
    case 'audio':
      return { type: block.type, source: toWireSource(block.source) }
    case 'thinking':
      return {
        type: 'thinking',
        text: block.text,
        ...(block.signature === undefined ? {} : { signature: block.signature }),
      }
    case 'tool-use':
      return {
        type: 'tool_use',
        id: block.id,
        name: block.name,
        input: block.input,
        ...(block.inputText === undefined ? {} : { input_text: block.inputText }),
      }
    case 'tool-result':
      return {
        type: 'tool_result',
        tool_use_id: block.toolUseId,
        content: typeof block.content === 'string' ? block.content : block.content.map(toWireBlock),
        is_error: block.isError ?? false,
      }
    case 'native':
      return { type: 'native', dialect: block.dialect, value: block.value }
  }
}

/** Content as HTTP carries it: always blocks. */
export const toWireContent = (content: string | readonly ContentBlock[]): WireBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(toWireBlock)
