import type { DialectName } from '../types/message.ts'
import { isJsonObject, parseJson } from './json.ts'

/**
 * Is it an error body as a client of the dialect knows it, so that it can be handed on as it is? One whose message is
 * itself JSON is not: a client is better served with what it says.
 */
export const isErrorAnswer = (dialect: DialectName, body: string): boolean => {
  const value = parseJson(body)
  if (!isJsonObject(value) || !isJsonObject(value.error)) return false
  const { message, type } = value.error
  if (typeof message !== 'string' || isJsonObject(parseJson(message))) return false
  return dialect !== 'anthropic-messages' || (value.type === 'error' && typeof type === 'string')
}
