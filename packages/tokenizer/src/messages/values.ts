import { quote, TokenizerError } from '../errors.ts'

/** A JSON object, whatever is in it. */
export type JsonRecord = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A string as it is, anything else as ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A string as it is, anything else as its JSON. */
export const textOrJson = (value: unknown): string => (typeof value === 'string' ? value : jsonOf(value))

/** The list that a field holds; absent, null and anything else are an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A value as JSON, as a model is shown it. Throws `invalid-input` for what has no JSON, such as a cycle. */
export const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    throw new TokenizerError(`A value in the request has no JSON form: ${quote(String(cause))}.`, {
      code: 'invalid-input',
      cause,
    })
  }
}
