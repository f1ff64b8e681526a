import type { JsonObject } from '../../types/json.ts'
import type {
  BlockEndEvent,
  NativeEvent,
  ToolInputDeltaEvent,
  ToolUseStartEvent,
} from '../../types/stream-event.ts'
import { ownExtra } from '../extra.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { type AnswerForm, freeText } from './answer-form.ts'

/** Writes the deltas of a streamed answer's calls; `''` where there is nothing to say yet. */
export interface CallEncoder {
  start(event: ToolUseStartEvent): string
  input(event: ToolInputDeltaEvent): string
  /** The end of any block; only a call has something to say at its end. */
  end(event: BlockEndEvent): string
  /** A call of a kind that only this dialect knows. */
  native(event: NativeEvent): string
}

interface Call {
  /** What stands before its arguments in each delta, and after them. */
  head: string
  tail: string
  hasInput: boolean
  /** The arguments so far of a custom tool: its free text is only known at the end. */
  held: string | undefined
  position: number
}

/** No calls yet. They are counted from 0, whichever blocks they are. */
export const createCallEncoder = (form: AnswerForm): CallEncoder => {
  const calls = new Map<number, Call>()
  let positions = 0
  let hasLegacy = false

  return {
    start({ index, id, name }) {
      if (form.isLegacy && !hasLegacy) {
        hasLegacy = true
        const head = '{"function_call":{"arguments":'
        calls.set(index, { head, tail: '}}', hasInput: false, held: undefined, position: -1 })
        return JSON.stringify({ function_call: { name, arguments: '' } })
      }
      const position = positions
      positions += 1
      const isCustom = form.custom.has(name)
      const head = `{"tool_calls":[{"index":${position},"function":{"arguments":`
      calls.set(index, { head, tail: '}}]}', hasInput: false, held: isCustom ? '' : undefined, position })
      const call = isCustom
        ? { type: 'custom', custom: { name, input: '' } }
        : { type: 'function', function: { name, arguments: '' } }
      return JSON.stringify({ tool_calls: [{ index: position, id, ...call }] })
    },
    input({ index, text }) {
      const call = calls.get(index)
      if (call === undefined) return ''
      call.hasInput = true
      if (call.held === undefined) return call.head + JSON.stringify(text) + call.tail
      call.held += text
      return ''
    },
    end(event) {
      const call = calls.get(event.index)
      return call === undefined ? '' : endCall(call, ownExtra(event, 'openai-chat'))
    },
    native({ block }) {
      if (block.dialect !== 'openai-chat' || !isJsonObject(block.value)) return ''
      const call = JSON.stringify({ tool_calls: [{ index: positions, ...block.value }] })
      positions += 1
      return call
    },
  }
}

/** No arguments at all are `{}`: clients parse what they get. Other fields of a call are only known at its end. */
const endCall = ({ head, tail, hasInput, held, position }: Call, fields: JsonObject): string => {
  const hasFields = position !== -1 && Object.keys(fields).length > 0
  if (held === undefined && !hasFields) return hasInput ? '' : `${head}"{}"${tail}`
  const empty = hasInput ? {} : { function: { arguments: '{}' } }
  const rest = held === undefined ? empty : customInput(held)
  return JSON.stringify({ tool_calls: [{ index: position, ...rest, ...fields }] })
}

const customInput = (text: string): JsonObject => {
  const input = parseJson(text)
  return { custom: { input: isJsonObject(input) ? freeText(text, input) : text } }
}
