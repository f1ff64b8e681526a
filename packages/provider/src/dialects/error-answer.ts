import type { Dialect } from './dialect.ts'
import { isJsonObject, parseJson } from './json.ts'

/**
 * Can an error's body be handed on to a client of the dialect as it is? One whose message is itself JSON cannot: a client
 * is better served with what it says.
 */
export const isErrorAnswer = (dialect: Dialect, body: string): boolean => {
  const value = parseJson(body)
  if (!isJsonObject(value) || !dialect.isErrorBody(value)) return false
  const { error } = value
  return !(isJsonObject(error) && typeof error.message === 'string' && isJsonObject(parseJson(error.message)))
}
