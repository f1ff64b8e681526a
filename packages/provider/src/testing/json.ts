/** A JSON object of which nothing is known yet. */
export type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as a list; anything else is an empty one. */
export const toList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The value as an object; anything else is an empty one. */
export const toFields = (value: unknown): Fields => (isFields(value) ? value : {})

/** The first key that is not among the known ones. */
export const unknownKey = (value: Fields, known: readonly string[]): string | undefined =>
  Object.keys(value).find((key) => !known.includes(key))

/** The text of a message's content in either API: a string, or the text blocks of a list. */
export const contentText = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : toList(content)
        .map((block) => toFields(block).text)
        .filter((text) => typeof text === 'string')
        .join('\n')

/** Parses JSON; `undefined` for anything else. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The caller answers 400 to what is no JSON.
    return undefined
  }
}
