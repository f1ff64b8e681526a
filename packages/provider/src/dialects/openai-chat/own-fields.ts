import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock } from '../../types/message.ts'
import { isJsonObject } from '../json.ts'

/*
 * How fields of this wire that the vocabulary does not model stand in `extra`. Those of an inner object (`image_url`,
 * `function`) stand there directly, those around it under `outer`. `cache_control` always stands directly: many clients
 * write Anthropic's mark into Chat requests, and where it is all there is, the extra has no tag, so that whichever
 * provider takes such marks gets it.
 */

const dialect = 'openai-chat'

/**
 * The extra of a block or a tool, always there: one without fields still says that this dialect wrote it, so that a
 * list of one part does not become a string on the way back.
 */
export const joinFields = (inner: JsonObject, outer: JsonObject): JsonObject => {
  const { cache_control: mark, ...around } = outer
  const others = { ...inner, ...(Object.keys(around).length > 0 && { outer: around }) }
  if (mark === undefined) return { dialect, ...others }
  return Object.keys(others).length === 0
    ? { cache_control: mark }
    : { dialect, ...others, cache_control: mark }
}

/** The fields of an extra by where they stand on the wire. */
export const splitFields = (extra: JsonObject): { inner: JsonObject; outer: JsonObject } => {
  const { cache_control: mark, outer, ...inner } = extra
  return {
    inner,
    outer: { ...(isJsonObject(outer) && outer), ...(mark !== undefined && { cache_control: mark }) },
  }
}

/** The fields of a block that has no inner object. */
export const plainFields = (fields: JsonObject): JsonObject =>
  Object.keys(fields).length === 1 && fields.cache_control !== undefined ? fields : { dialect, ...fields }

/** A mark of a whole message is one of its last block; a string becomes the block that can carry it. */
export const markLast = (
  content: string | ContentBlock[],
  mark: JsonObject[string],
): string | ContentBlock[] => {
  if (mark === undefined) return content
  const blocks: ContentBlock[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : [...content]
  const last = blocks.pop()
  if (last === undefined) return content
  const { dialect: _, ...fields } = last.extra ?? {}
  return [...blocks, { ...last, extra: plainFields({ ...fields, cache_control: mark }) }]
}
