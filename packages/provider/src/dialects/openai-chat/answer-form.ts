import type { JsonObject } from '../../types/json.ts'
import type { ToolUseBlock } from '../../types/message.ts'

/** How a client wants its answer written, as its request decided. */
export interface AnswerForm {
  /** It asked with `functions`, so a call is a `function_call` and has no id. */
  isLegacy: boolean
  /** The tools that it declared as custom, by name: their calls are free text. */
  custom: ReadonlySet<string>
}

const plain: AnswerForm = { isLegacy: false, custom: new Set() }

/** Reads what the decoder of requests wrote. */
export const readAnswerForm = (form: JsonObject | undefined): AnswerForm => {
  if (form === undefined) return plain
  const custom = Array.isArray(form.custom) ? form.custom.filter((name) => typeof name === 'string') : []
  return { isLegacy: form.functions === true, custom: new Set(custom) }
}

/** The arguments of a call as the text that this wire wants: raw where there is raw text. */
export const argumentsOf = ({ inputText, input }: ToolUseBlock): string => inputText ?? JSON.stringify(input)

/** The free text of a custom tool's call, out of the function that stood in for it. */
export const freeText = (text: string, input: JsonObject): string =>
  typeof input.input === 'string' ? input.input : text
